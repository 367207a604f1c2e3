-- The longest thread, as a reader sees it
WITH RECURSIVE thread AS (
    SELECT p.uri, p.author_did, p.text, 0 AS depth, ARRAY[p.uri] AS place
    FROM posts p
    WHERE p.uri = (
        SELECT r.root_uri FROM posts r JOIN posts root ON root.uri = r.root_uri
        GROUP BY 1 ORDER BY COUNT(*) DESC, 1 LIMIT 1
    )
    UNION ALL
    SELECT p.uri, p.author_did, p.text, t.depth + 1, t.place || p.uri
    FROM thread t JOIN posts p ON p.parent_uri = t.uri
    WHERE NOT p.violates_thread_gate
)
SELECT REPEAT('   ', t.depth) || LEFT(t.text, 32) AS post,
       COALESCE(u.display_name, u.did) AS author, COALESCE(a.like_count, 0) AS likes
FROM thread t
JOIN users u ON u.did = t.author_did
LEFT JOIN post_aggregations a ON a.post_uri = t.uri
ORDER BY t.place
LIMIT 12;
