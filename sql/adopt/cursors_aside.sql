-- $1 names of sources, as they stood.
INSERT INTO adopted.aside
SELECT 'firehose_cursor', 'another one of its source is less far', true, whole
FROM older.firehose_cursor WHERE service = ANY($1::text[])
