INSERT INTO feed_generator_records (uri, cid, creator_did, did, display_name, description, avatar_url, created_at)
SELECT uri, cid, creator_did, did, display_name, description, avatar_url, created_at FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[]) AS new (uri, cid, creator_did, did, display_name, description, avatar_url, created_at)
ORDER BY uri
ON CONFLICT DO NOTHING
RETURNING uri;

DELETE FROM feed_generator_records WHERE uri = ANY($1::text[])
RETURNING true AS counted, uri;

SELECT uri AS key, cid AS cid FROM feed_generator_records
WHERE uri = ANY($1::text[]);

SELECT uri AS key, cid AS cid, NULL AS rev, true AS adopted,
       false AS quiet
FROM feed_generator_records
WHERE uri = ANY($1::text[]);

SELECT uri FROM feed_generator_records WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
ORDER BY uri LIMIT $2;
