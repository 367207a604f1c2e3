INSERT INTO generic_records (uri, cid, author_did, record_type, record, created_at)
SELECT uri, cid, author_did, record_type, record, created_at FROM (SELECT uri, cid, author_did, record_type, record::jsonb AS record, created_at FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[]) AS sent (uri, cid, author_did, record_type, record, created_at)) AS new
ORDER BY uri
ON CONFLICT DO NOTHING
RETURNING uri;

DELETE FROM generic_records WHERE uri = ANY($1::text[])
RETURNING true AS counted, uri;

SELECT uri AS key, cid AS cid FROM generic_records
WHERE uri = ANY($1::text[]);

SELECT uri AS key, cid AS cid, NULL AS rev, true AS adopted,
       false AS quiet
FROM generic_records
WHERE uri = ANY($1::text[]);

SELECT uri FROM generic_records WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
ORDER BY uri LIMIT $2;
