INSERT INTO labeler_service_records (uri, cid, creator_did, policies, created_at)
SELECT uri, cid, creator_did, policies, created_at FROM (SELECT uri, cid, creator_did, policies::jsonb AS policies, created_at FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[]) AS sent (uri, cid, creator_did, policies, created_at)) AS new
ORDER BY uri
ON CONFLICT DO NOTHING
RETURNING uri;

DELETE FROM labeler_service_records WHERE uri = ANY($1::text[])
RETURNING true AS counted, uri;

SELECT uri AS key, cid AS cid FROM labeler_service_records
WHERE uri = ANY($1::text[]);

SELECT uri AS key, cid AS cid, NULL AS rev, true AS adopted,
       false AS quiet
FROM labeler_service_records
WHERE uri = ANY($1::text[]);

SELECT uri FROM labeler_service_records WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
ORDER BY uri LIMIT $2;
