-- $1 DIDs named by a batch. Returns the new ones. Nobody is made who has opted out. The status of
-- an account may have come before the account.
INSERT INTO users (did, status)
SELECT new.did,
       (SELECT coalesce(r.status, 'inactive') FROM repos r WHERE r.did = new.did AND NOT r.active)
FROM unnest($1::text[]) AS new (did)
WHERE new.did NOT IN (SELECT did FROM users WHERE did = ANY($1::text[]))
  AND new.did NOT IN (
      SELECT user_did FROM user_settings
      WHERE user_did = ANY($1::text[]) AND data_collection_forbidden
  )
ORDER BY new.did
ON CONFLICT DO NOTHING
RETURNING did
