-- What gates make of posts: only those can differ that a gate guards, or that quote such a post.
UPDATE posts p
SET has_thread_gate = v.has_thread_gate, has_post_gate = v.has_post_gate,
    violates_thread_gate = v.violates_thread_gate,
    violates_embedding_rules = v.violates_embedding_rules
FROM verdicts v
WHERE v.uri = p.uri
  AND p.uri IN (
      SELECT post_uri FROM thread_gates
      UNION SELECT post_uri FROM post_gates
      UNION SELECT r.uri FROM thread_gates g JOIN posts r ON r.root_uri = g.post_uri
      UNION SELECT q.post_uri FROM post_gates g JOIN quotes q ON q.quoted_uri = g.post_uri
      UNION SELECT q.post_uri FROM post_gates g JOIN quotes q ON q.post_uri = ANY(ARRAY(
          SELECT jsonb_array_elements_text(g.embedding_rules -> 'detachedEmbeddingUris')
          WHERE jsonb_typeof(g.embedding_rules -> 'detachedEmbeddingUris') = 'array'
      ))
  )
  AND (v.has_thread_gate, v.has_post_gate, v.violates_thread_gate, v.violates_embedding_rules)
      IS DISTINCT FROM (false, false, false, false);
