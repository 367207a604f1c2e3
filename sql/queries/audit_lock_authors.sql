-- $1 records. No event of their authors is written until the transaction ends.
SELECT FROM repos
WHERE did = ANY(ARRAY(SELECT split_part(uri, '/', 3) FROM unnest($1::text[]) AS uri))
ORDER BY did FOR UPDATE
