INSERT INTO post_gates (post_uri, uri, cid, embedding_rules, created_at)
SELECT post_uri, uri, cid, embedding_rules, created_at FROM (SELECT post_uri, uri, cid, embedding_rules::jsonb AS embedding_rules, created_at FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[]) AS sent (post_uri, uri, cid, embedding_rules, created_at)) AS new
ORDER BY post_uri
ON CONFLICT DO NOTHING
RETURNING post_uri;

DELETE FROM post_gates WHERE post_uri = ANY($1::text[])
RETURNING true AS counted, post_uri;

SELECT post_uri AS key, cid AS cid FROM post_gates
WHERE post_uri = ANY($1::text[]);

SELECT post_uri AS key, cid AS cid, NULL AS rev, true AS adopted,
       false AS quiet
FROM post_gates
WHERE post_uri = ANY($1::text[]);

SELECT uri FROM post_gates WHERE post_uri >= 'at://' || $1 || '/' AND post_uri < 'at://' || $1 || '0'
ORDER BY post_uri LIMIT $2;
