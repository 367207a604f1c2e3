-- That a rule stands there is what disables: one that says false has to go.
INSERT INTO post_gates (post_uri, uri, cid, embedding_rules, created_at)
SELECT post_uri, replace(post_uri, '/app.bsky.feed.post/', '/app.bsky.feed.postgate/'), '',
       CASE WHEN rules -> 'disableRule' = 'true' OR listed THEN '{"disableRule": true}'
            ELSE '{}' END::jsonb
       || CASE WHEN jsonb_array_length(detached) > 0
               THEN jsonb_build_object('detachedEmbeddingUris', detached) ELSE '{}' END,
       created_at
FROM (
    SELECT *, embedding_rules AS rules,
           embedding_rules @? 'lax $[*] ? (@."$type" == "app.bsky.feed.postgate#disableRule")' AS listed,
           CASE WHEN jsonb_typeof(embedding_rules -> 'detachedEmbeddingUris') = 'array'
                THEN embedding_rules -> 'detachedEmbeddingUris' ELSE '[]' END AS detached
    FROM older.post_gates
) AS gates
WHERE refused IS NULL;
