-- $1 a DID whose records are gone, $2 how many rows of a table at once. What else is stored of it;
-- returns the number of rows by table. Its notices are those that it made (of a deletion too) and
-- its own inbox. Counts of what others did stay while they count anything.
WITH made AS (
    DELETE FROM notifications
    WHERE uri = ANY(ARRAY(
        SELECT uri FROM notifications
        WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
        ORDER BY uri LIMIT $2
    ))
    RETURNING uri
), received AS (
    DELETE FROM notifications
    WHERE uri = ANY(ARRAY(
        SELECT uri FROM notifications WHERE recipient_did = $1 ORDER BY created_at LIMIT $2
    ))
    RETURNING uri
), awaited AS (
    DELETE FROM pending
    WHERE subject = $1 OR subject = ANY(ARRAY(
        SELECT subject FROM pending
        WHERE subject >= 'at://' || $1 || '/' AND subject < 'at://' || $1 || '0'
        ORDER BY subject LIMIT $2
    ))
    RETURNING subject
), resolved AS (
    DELETE FROM identities WHERE did = $1 RETURNING did
), to_be_fetched AS (
    DELETE FROM resyncs WHERE did = $1 RETURNING did
), held AS (
    DELETE FROM held_commits WHERE did = $1 RETURNING rev
), refused AS (
    -- Also a frame of which nobody could tell whose it is, though it names the account, or one
    -- whose DID begins alike.
    DELETE FROM quarantine
    WHERE did = $1 OR (did IS NULL AND position(convert_to($1, 'UTF8') IN frame) > 0)
    RETURNING id
), ahead AS (
    -- Readers give them URIs as they like.
    DELETE FROM bookmarks WHERE user_did = $1 AND commit_rev IS NULL RETURNING uri
), labelled AS (
    -- What it said as a labeler is no record of its repo. Of the log stays that labels came and went.
    DELETE FROM labels
    WHERE uri = ANY(ARRAY(SELECT uri FROM labels WHERE src = $1 ORDER BY uri LIMIT $2))
    RETURNING uri
), told AS (
    UPDATE label_events SET block = NULL, sig = NULL
    WHERE id = ANY(ARRAY(
        SELECT id FROM label_events WHERE src = $1 AND block IS NOT NULL ORDER BY seq LIMIT $2
    ))
    RETURNING id
), subscribed AS (
    DELETE FROM label_cursors WHERE did = $1 RETURNING did
), counted AS (
    DELETE FROM post_aggregations
    WHERE post_uri = ANY(ARRAY(
            SELECT post_uri FROM post_aggregations
            WHERE post_uri >= 'at://' || $1 || '/' AND post_uri < 'at://' || $1 || '0'
              AND (like_count, repost_count, reply_count, bookmark_count, quote_count)
                  = (0, 0, 0, 0, 0)
            ORDER BY post_uri LIMIT $2
        ))
      AND (like_count, repost_count, reply_count, bookmark_count, quote_count) = (0, 0, 0, 0, 0)
    RETURNING post_uri
), counted_of AS (
    DELETE FROM user_aggregations
    WHERE did = $1 AND (followers_count, follows_count, posts_count) = (0, 0, 0)
    RETURNING did
), known AS (
    DELETE FROM users WHERE did = $1 RETURNING did
)
SELECT place, count(*) AS gone
FROM (
    SELECT 'notifications' AS place FROM (SELECT uri FROM made UNION SELECT uri FROM received) AS n
    UNION ALL SELECT 'pending' FROM awaited
    UNION ALL SELECT 'identities' FROM resolved
    UNION ALL SELECT 'resyncs' FROM to_be_fetched
    UNION ALL SELECT 'held_commits' FROM held
    UNION ALL SELECT 'quarantine' FROM refused
    UNION ALL SELECT 'bookmarks' FROM ahead
    UNION ALL SELECT 'labels' FROM labelled
    UNION ALL SELECT 'label_events' FROM told
    UNION ALL SELECT 'label_cursors' FROM subscribed
    UNION ALL SELECT 'post_aggregations' FROM counted
    UNION ALL SELECT 'user_aggregations' FROM counted_of
    UNION ALL SELECT 'users' FROM known
) AS all_of_it
GROUP BY place
