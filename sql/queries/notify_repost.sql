-- $1 reposts touched, $2 posts touched.
-- Returns the subjects that are waited for.
WITH candidate AS (
    SELECT s.uri || '#notification' AS uri, split_part(s.post_uri, '/', 3) AS recipient_did,
           s.user_did AS author_did, s.post_uri AS subject, s.cid,
           least(s.created_at, s.commit_time) AS created_at, s.here,
           (SELECT true FROM posts k WHERE k.uri = s.post_uri AND k.commit_rev IS NOT NULL) IS TRUE AS known
    FROM (
        (SELECT true AS here, * FROM reposts WHERE uri = ANY($1::text[]) OFFSET 0)
        UNION ALL
        SELECT false, * FROM reposts WHERE post_uri = ANY($2::text[])
    ) AS s
    WHERE s.commit_rev IS NOT NULL AND s.commit_seq IS NOT NULL AND substr(s.post_uri, 6, 4) = 'did:'
), gone AS (
    DELETE FROM notifications
    WHERE uri = ANY(ARRAY(SELECT uri FROM candidate WHERE NOT here AND NOT known))
), told AS (
    INSERT INTO notifications (uri, recipient_did, author_did, reason, reason_subject, cid, created_at)
    SELECT uri, recipient_did, author_did, 'repost', subject, cid, created_at
    FROM candidate
    WHERE known AND recipient_did <> author_did
    ORDER BY uri
    ON CONFLICT (uri) DO NOTHING
)
SELECT DISTINCT subject FROM candidate WHERE here AND NOT known
