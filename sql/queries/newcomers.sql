-- $1 DIDs named by a batch. Those who have no row yet and may have one.
SELECT new.did
FROM unnest($1::text[]) AS new (did)
WHERE new.did NOT IN (SELECT did FROM users WHERE did = ANY($1::text[]))
  AND new.did NOT IN (
      SELECT user_did FROM user_settings
      WHERE user_did = ANY($1::text[]) AND data_collection_forbidden
  )
ORDER BY new.did
