-- $1 posts, and gates of posts, touched. What gates make of these posts: which guard them, and
-- which they violate. A gate shares author and key with its post. Comes before any notice.
WITH judged AS MATERIALIZED (
    SELECT p.uri,
           (SELECT true FROM thread_gates g WHERE g.post_uri = p.uri) IS TRUE AS has_thread_gate,
           (SELECT true FROM post_gates g WHERE g.post_uri = p.uri) IS TRUE AS has_post_gate,
           CASE WHEN p.commit_rev IS NOT NULL
                 AND (SELECT true FROM thread_gates g WHERE g.post_uri = p.root_uri)
                THEN violates_thread_gate(p.root_uri, p.author_did)
                ELSE false END AS violates_thread_gate,
           (SELECT g.embedding_rules ? 'disableRule'
                   AND p.author_did <> split_part(g.post_uri, '/', 3)
                OR coalesce(g.embedding_rules -> 'detachedEmbeddingUris' ? p.uri, false)
            FROM post_gates g
            WHERE p.commit_rev IS NOT NULL
              AND g.post_uri = (SELECT quoted_uri FROM quotes WHERE post_uri = p.uri LIMIT 1)
           ) IS TRUE AS violates_embedding_rules
    FROM posts p
    WHERE uri = ANY(ARRAY(
        SELECT regexp_replace(uri, '/app\.bsky\.feed\.(thread|post)gate/', '/app.bsky.feed.post/')
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
