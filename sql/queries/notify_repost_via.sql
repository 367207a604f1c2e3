-- $1 reposts touched, $2 reposts touched.
-- Returns the subjects that are waited for.
WITH candidate AS (
    SELECT s.uri || '#notification/repost-via-repost' AS uri, split_part(s.via_uri, '/', 3) AS recipient_did,
           s.user_did AS author_did, s.via_uri AS subject, s.cid,
           least(s.created_at, s.commit_time) AS created_at, touched.here,
           (
               EXISTS (SELECT FROM reposts r WHERE r.uri = s.via_uri AND r.commit_rev IS NOT NULL)
           ) AS known
    FROM (
        SELECT uri, true AS here FROM unnest($1::text[]) AS uri
        UNION ALL
        SELECT uri, false FROM reposts WHERE via_uri = ANY($2::text[])
    ) AS touched
    JOIN reposts s ON s.uri = touched.uri
    WHERE s.commit_rev IS NOT NULL AND s.via_uri LIKE 'at://did:%/app.bsky.feed.repost/%'
      AND split_part(s.post_uri, '/', 3) <> s.user_did  -- one's own post: tells nobody
), gone AS (
    DELETE FROM notifications n USING candidate c
    WHERE n.uri = c.uri AND NOT c.here AND NOT c.known
), told AS (
    INSERT INTO notifications (uri, recipient_did, author_did, reason, reason_subject, cid, created_at)
    SELECT uri, recipient_did, author_did, 'repost-via-repost', subject, cid, created_at
    FROM candidate
    WHERE known AND recipient_did <> author_did
    ORDER BY uri
    ON CONFLICT (uri) DO NOTHING
)
SELECT DISTINCT subject FROM candidate WHERE here AND NOT known
