-- $1 notices. No event of who tells, or of who is told, is written until the transaction ends.
SELECT FROM repos
WHERE did = ANY(ARRAY(
    SELECT split_part(told.uri, '/', 3)
    FROM notifications n, LATERAL (VALUES (n.uri), (n.reason_subject)) AS told (uri)
    WHERE n.uri = ANY($1::text[]) AND told.uri IS NOT NULL
))
ORDER BY did FOR UPDATE
