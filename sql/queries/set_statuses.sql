-- $1 DIDs, $2 their status, NULL for the active. The status may precede the first record.
INSERT INTO users (did, status)
SELECT new.did, new.status
FROM unnest($1::text[], $2::text[]) AS new (did, status)
WHERE new.did NOT IN (
    SELECT user_did FROM user_settings
    WHERE user_did = ANY($1::text[]) AND data_collection_forbidden
)
ORDER BY new.did
ON CONFLICT (did) DO UPDATE SET status = excluded.status
WHERE users.status IS DISTINCT FROM excluded.status
