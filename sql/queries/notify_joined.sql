-- $1 profiles touched, $2 starter packs touched. Returns the packs that are waited for.
WITH candidate AS (
    SELECT touched.uri || '#notification/starterpack-joined' AS uri,
           split_part(u.joined_via_starter_pack, '/', 3) AS recipient_did,
           u.did AS author_did, u.joined_via_starter_pack AS subject, u.profile_cid AS cid,
           u.profile_created_at AS created_at, touched.here,
           EXISTS (SELECT FROM starter_packs p WHERE p.uri = u.joined_via_starter_pack) AS known
    FROM (
        SELECT uri, split_part(uri, '/', 3) AS did, true AS here FROM unnest($1::text[]) AS uri
        UNION ALL
        SELECT 'at://' || did || '/app.bsky.actor.profile/self', did, false
        FROM users WHERE joined_via_starter_pack = ANY($2::text[])
    ) AS touched
    JOIN users u ON u.did = touched.did
    WHERE u.joined_via_starter_pack LIKE 'at://did:%'
), gone AS (
    DELETE FROM notifications n USING candidate c
    WHERE n.uri = c.uri AND NOT c.here AND NOT c.known
), told AS (
    INSERT INTO notifications (uri, recipient_did, author_did, reason, reason_subject, cid, created_at)
    SELECT uri, recipient_did, author_did, 'starterpack-joined', subject, cid, created_at
    FROM candidate
    WHERE known AND recipient_did <> author_did
    ORDER BY uri
    ON CONFLICT (uri) DO NOTHING
)
SELECT DISTINCT subject FROM candidate WHERE here AND NOT known
