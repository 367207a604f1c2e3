-- $1 and $2 the ends of ranges of posts. What is stored of the gates that guard each post and of
-- those that it violates, and what is so. What waits to be judged is left out, and what readers
-- stored ahead.
SELECT v.name, p.uri AS key, v.stored::text AS stored, v.due::text AS due
FROM unnest($1::text[], $2::text[]) AS part (low, high),
LATERAL (
    SELECT * FROM posts
    WHERE uri >= part.low AND uri <= part.high AND commit_rev IS NOT NULL OFFSET 0
) AS p,
LATERAL (SELECT * FROM verdicts WHERE uri = p.uri OFFSET 0) AS d,
LATERAL (
    SELECT 'has_thread_gate' AS name, p.has_thread_gate AS stored, d.has_thread_gate AS due
    UNION ALL
    SELECT 'has_post_gate', p.has_post_gate, d.has_post_gate
    UNION ALL
    SELECT 'violates_thread_gate', p.violates_thread_gate, d.violates_thread_gate
    WHERE (
        SELECT true FROM judgements
        WHERE post_uri = p.root_uri AND author_did IN ('', p.author_did) LIMIT 1
    ) IS NOT TRUE
    UNION ALL
    SELECT 'violates_embedding_rules', p.violates_embedding_rules, d.violates_embedding_rules
    WHERE (
        SELECT true FROM judgements
        WHERE post_uri = (SELECT quoted_uri FROM quotes WHERE post_uri = p.uri LIMIT 1)
          AND author_did IN ('', p.author_did) LIMIT 1
    ) IS NOT TRUE
) AS v
