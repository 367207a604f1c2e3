-- $1 DIDs named by a batch. Returns the new ones. Nobody is made who has opted out. The status of
-- an account may have come before the account.
INSERT INTO users (did, status)
SELECT new.did, CASE WHEN NOT r.active THEN coalesce(r.status, 'inactive') END
FROM unnest($1::text[]) AS new (did)
LEFT JOIN repos r ON r.did = new.did
WHERE NOT EXISTS (SELECT FROM users u WHERE u.did = new.did)
  AND NOT EXISTS (
      SELECT FROM user_settings s
      WHERE s.user_did = new.did AND s.data_collection_forbidden
  )
ORDER BY new.did
ON CONFLICT DO NOTHING
RETURNING did
