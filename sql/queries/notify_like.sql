-- $1 likes touched, $2 posts, feed generators and labelers touched.
-- Returns the subjects that are waited for.
WITH candidate AS (
    SELECT s.uri || '#notification' AS uri, split_part(s.post_uri, '/', 3) AS recipient_did,
           s.user_did AS author_did, s.post_uri AS subject, s.cid,
           least(s.created_at, s.commit_time) AS created_at, touched.here,
           (
               EXISTS (SELECT FROM posts p WHERE p.uri = s.post_uri AND p.commit_rev IS NOT NULL)
               OR EXISTS (SELECT FROM feed_generator_records g WHERE g.uri = s.post_uri)
               OR EXISTS (SELECT FROM labeler_service_records l WHERE l.uri = s.post_uri)
           ) AS known
    FROM (
        SELECT uri, true AS here FROM unnest($1::text[]) AS uri
        UNION ALL
        SELECT uri, false FROM likes WHERE post_uri = ANY($2::text[])
    ) AS touched
    JOIN likes s ON s.uri = touched.uri
    WHERE s.commit_rev IS NOT NULL AND s.post_uri LIKE 'at://did:%'
), gone AS (
    DELETE FROM notifications n USING candidate c
    WHERE n.uri = c.uri AND NOT c.here AND NOT c.known
), told AS (
    INSERT INTO notifications (uri, recipient_did, author_did, reason, reason_subject, cid, created_at)
    SELECT uri, recipient_did, author_did, 'like', subject, cid, created_at
    FROM candidate
    WHERE known AND recipient_did <> author_did
    ORDER BY uri
    ON CONFLICT (uri) DO NOTHING
)
SELECT DISTINCT subject FROM candidate WHERE here AND NOT known
