INSERT INTO starter_packs (uri, cid, creator_did, name, description, list_uri, feeds, created_at)
SELECT uri, cid, creator_did, name, description, list_uri, feeds, created_at FROM (SELECT uri, cid, creator_did, name, description, list_uri, feeds::jsonb AS feeds, created_at FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[]) AS sent (uri, cid, creator_did, name, description, list_uri, feeds, created_at)) AS new
ORDER BY uri
ON CONFLICT DO NOTHING
RETURNING uri;

DELETE FROM starter_packs WHERE uri = ANY($1::text[])
RETURNING true AS counted, uri;

SELECT uri AS key, cid AS cid FROM starter_packs
WHERE uri = ANY($1::text[]);

SELECT uri AS key, cid AS cid, NULL AS rev, true AS adopted,
       false AS quiet
FROM starter_packs
WHERE uri = ANY($1::text[]);

SELECT uri FROM starter_packs WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
ORDER BY uri LIMIT $2;
