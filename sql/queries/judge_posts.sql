-- $1 posts, and gates of posts, touched. What gates make of these posts: which guard them, and
-- which they violate. Comes before any notice.
WITH judged AS MATERIALIZED (
    SELECT * FROM verdicts
    WHERE uri = ANY(ARRAY(
        SELECT replace(
            replace(uri, '/app.bsky.feed.threadgate/', '/app.bsky.feed.post/'),
            '/app.bsky.feed.postgate/', '/app.bsky.feed.post/'
        )
        FROM unnest($1::text[]) AS uri
    ))
), changed AS MATERIALIZED (
    SELECT j.*
    FROM judged j, LATERAL (SELECT * FROM posts WHERE uri = j.uri OFFSET 0) AS p
    WHERE (j.has_thread_gate, j.has_post_gate, j.violates_thread_gate, j.violates_embedding_rules)
        IS DISTINCT FROM
          (p.has_thread_gate, p.has_post_gate, p.violates_thread_gate, p.violates_embedding_rules)
)
UPDATE posts p
SET (has_thread_gate, has_post_gate, violates_thread_gate, violates_embedding_rules) = (
        SELECT c.has_thread_gate, c.has_post_gate, c.violates_thread_gate, c.violates_embedding_rules
        FROM changed c WHERE c.uri = p.uri
    )
WHERE uri = ANY(ARRAY(SELECT uri FROM changed))
