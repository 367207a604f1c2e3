-- $1 likes touched; $2 what is told about: posts, feed generators and labelers that are liked, and
-- reposts by way of which likes came. Returns the subjects that are waited for.
WITH source AS MATERIALIZED (
    SELECT found_by, uri, user_did, post_uri, via_uri, cid, least(created_at, commit_time) AS created_at
    FROM (
        (SELECT 'like' AS found_by, * FROM likes WHERE uri = ANY($1::text[]) OFFSET 0)
        UNION ALL
        SELECT 'subject', * FROM likes WHERE post_uri = ANY($2::text[])
        UNION ALL
        SELECT 'via', * FROM likes WHERE via_uri = ANY($2::text[])
    ) AS likes
    WHERE commit_rev IS NOT NULL AND commit_seq IS NOT NULL
), candidate AS (
    SELECT uri || '#notification' AS uri, user_did AS author_did, 'like' AS reason,
           s.post_uri AS subject, cid, created_at, found_by = 'like' AS here,
           (s.post_uri IN (
                SELECT uri FROM posts
                WHERE uri = ANY(ARRAY(SELECT post_uri FROM source)) AND commit_rev IS NOT NULL
            )
            OR (SELECT true FROM feed_generator_records k WHERE k.uri = s.post_uri) IS TRUE
            OR (SELECT true FROM labeler_service_records k WHERE k.uri = s.post_uri) IS TRUE) AS known
    FROM source s
    WHERE found_by <> 'via' AND substr(s.post_uri, 6, 4) = 'did:'
    UNION ALL
    SELECT uri || '#notification/like-via-repost', user_did, 'like-via-repost',
           s.via_uri, cid, created_at, found_by = 'like',
           (SELECT true FROM reposts k WHERE k.uri = s.via_uri AND k.commit_rev IS NOT NULL) IS TRUE
    FROM source s
    WHERE found_by <> 'subject' AND substr(s.via_uri, 6, 4) = 'did:'
      AND split_part(s.via_uri, '/', 4) = 'app.bsky.feed.repost'
      AND split_part(s.post_uri, '/', 3) <> user_did  -- one's own post: tells nobody
), gone AS (
    DELETE FROM notifications
    WHERE uri = ANY(ARRAY(SELECT uri FROM candidate WHERE NOT here AND NOT known))
), told AS (
    INSERT INTO notifications (uri, recipient_did, author_did, reason, reason_subject, cid, created_at)
    SELECT uri, split_part(subject, '/', 3), author_did, reason, subject, cid, created_at
    FROM candidate
    WHERE known AND split_part(subject, '/', 3) <> author_did
    ORDER BY uri
    ON CONFLICT (uri) DO NOTHING
)
SELECT DISTINCT subject FROM candidate WHERE here AND NOT known
