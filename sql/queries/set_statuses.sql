-- $1 DIDs, $2 their status, NULL for the active. The status may precede the first record.
INSERT INTO users (did, status)
SELECT new.did, new.status
FROM unnest($1::text[], $2::text[]) AS new (did, status)
WHERE NOT EXISTS (
    SELECT FROM user_settings s
    WHERE s.user_did = new.did AND s.data_collection_forbidden
)
ORDER BY new.did
ON CONFLICT (did) DO UPDATE SET status = excluded.status
WHERE users.status IS DISTINCT FROM excluded.status
