-- $1 profiles touched, $2 starter packs touched. Returns the packs that are waited for.
WITH candidate AS (
    SELECT 'at://' || s.did || '/app.bsky.actor.profile/self#notification/starterpack-joined' AS uri,
           split_part(s.joined_via_starter_pack, '/', 3) AS recipient_did,
           s.did AS author_did, s.joined_via_starter_pack AS subject, s.profile_cid AS cid,
           s.profile_created_at AS created_at, s.here,
           (SELECT true FROM starter_packs k WHERE k.uri = s.joined_via_starter_pack) IS TRUE AS known
    FROM (
        (SELECT true AS here, * FROM users
         WHERE did = ANY(ARRAY(SELECT split_part(uri, '/', 3) FROM unnest($1::text[]) AS uri))
         OFFSET 0)
        UNION ALL
        SELECT false, * FROM users WHERE joined_via_starter_pack = ANY($2::text[])
    ) AS s
    WHERE s.profile_created_at IS NOT NULL AND substr(s.joined_via_starter_pack, 6, 4) = 'did:'
), gone AS (
    DELETE FROM notifications
    WHERE uri = ANY(ARRAY(SELECT uri FROM candidate WHERE NOT here AND NOT known))
), told AS (
    INSERT INTO notifications (uri, recipient_did, author_did, reason, reason_subject, cid, created_at)
    SELECT uri, recipient_did, author_did, 'starterpack-joined', subject, cid, created_at
    FROM candidate
    WHERE known AND recipient_did <> author_did
    ORDER BY uri
    ON CONFLICT (uri) DO NOTHING
)
SELECT DISTINCT subject FROM candidate WHERE here AND NOT known
