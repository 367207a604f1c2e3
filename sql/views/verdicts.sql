-- What gates make of each post: which guard it, and which it violates. The columns of `posts` of
-- these names hold the same. A gate shares author and key with its post.
CREATE VIEW verdicts AS
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
FROM posts p;
