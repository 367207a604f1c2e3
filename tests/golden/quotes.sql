INSERT INTO quotes (uri, cid, post_uri, quoted_uri, quoted_cid, created_at)
SELECT uri, cid, post_uri, quoted_uri, quoted_cid, created_at FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[]) AS new (uri, cid, post_uri, quoted_uri, quoted_cid, created_at)
ORDER BY post_uri
ON CONFLICT DO NOTHING
RETURNING post_uri;

DELETE FROM quotes WHERE post_uri = ANY($1::text[])
RETURNING true AS counted, post_uri, quoted_uri;

SELECT post_uri AS key, cid AS cid FROM quotes
WHERE post_uri = ANY($1::text[]);

SELECT post_uri AS key, cid AS cid, NULL AS rev, true AS adopted,
       false AS quiet
FROM quotes
WHERE post_uri = ANY($1::text[]);

SELECT post_uri, quoted_uri FROM quotes
WHERE post_uri = ANY($1::text[])
ORDER BY post_uri FOR UPDATE;

SELECT uri FROM quotes WHERE post_uri >= 'at://' || $1 || '/' AND post_uri < 'at://' || $1 || '0'
ORDER BY post_uri LIMIT $2;
