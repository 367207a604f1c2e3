INSERT INTO verifications (uri, cid, issuer_did, subject_did, handle, display_name, verified_at, created_at, sort_at)
SELECT uri, cid, issuer_did, subject_did, handle, display_name, verified_at, created_at, sort_at FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::timestamptz[]) AS new (uri, cid, issuer_did, subject_did, handle, display_name, verified_at, created_at, sort_at)
ORDER BY uri
ON CONFLICT DO NOTHING
RETURNING uri;

DELETE FROM verifications WHERE uri = ANY($1::text[])
RETURNING true AS counted, uri;

SELECT uri AS key, cid AS cid FROM verifications
WHERE uri = ANY($1::text[]);

SELECT uri AS key, cid AS cid, NULL AS rev, true AS adopted,
       sort_at IS NULL AS quiet
FROM verifications
WHERE uri = ANY($1::text[]);

SELECT uri FROM verifications WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
ORDER BY uri LIMIT $2;
