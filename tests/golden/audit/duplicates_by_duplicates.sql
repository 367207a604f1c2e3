SELECT least(
    (SELECT uri FROM duplicates WHERE uri >= $1 ORDER BY uri OFFSET $2 LIMIT 1)
);

SELECT uri FROM duplicates
TABLESAMPLE SYSTEM (least(100, 819200.0 * greatest(32, $1::bigint) / greatest(1, pg_relation_size('duplicates'))))
WHERE uri IS NOT NULL
ORDER BY random() LIMIT $1;

SELECT count(*) * 100 / least(100, 819200.0 * 32 / greatest(1, pg_relation_size('duplicates')))
FROM duplicates TABLESAMPLE SYSTEM (least(100, 819200.0 * 32 / greatest(1, pg_relation_size('duplicates'))));

SELECT name, count(*) AS compared, array_agg(key ORDER BY key) FILTER (WHERE stored IS DISTINCT FROM due) AS key, array_agg(stored ORDER BY key) FILTER (WHERE stored IS DISTINCT FROM due) AS stored, array_agg(due ORDER BY key) FILTER (WHERE stored IS DISTINCT FROM due) AS due
FROM (
SELECT 'bookmarks' AS name, t.uri AS key, 'waits' AS stored,
       CASE WHEN (SELECT h.uri < t.uri FROM bookmarks h WHERE h.user_did = t.edge[1] AND h.post_uri = t.edge[2] AND h.commit_rev IS NOT NULL) THEN 'waits' ELSE 'counts' END AS due
FROM unnest($1::text[], $2::text[]) AS part (low, high), LATERAL (
        SELECT * FROM duplicates
        WHERE uri >= part.low AND uri <= part.high AND kept_from = 'bookmarks' OFFSET 0
    ) AS t
UNION ALL
SELECT 'likes' AS name, t.uri AS key, 'waits' AS stored,
       CASE WHEN (SELECT h.uri < t.uri FROM likes h WHERE h.user_did = t.edge[1] AND h.post_uri = t.edge[2] AND h.commit_rev IS NOT NULL) THEN 'waits' ELSE 'counts' END AS due
FROM unnest($1::text[], $2::text[]) AS part (low, high), LATERAL (
        SELECT * FROM duplicates
        WHERE uri >= part.low AND uri <= part.high AND kept_from = 'likes' OFFSET 0
    ) AS t
UNION ALL
SELECT 'reposts' AS name, t.uri AS key, 'waits' AS stored,
       CASE WHEN (SELECT h.uri < t.uri FROM reposts h WHERE h.user_did = t.edge[1] AND h.post_uri = t.edge[2] AND h.commit_rev IS NOT NULL) THEN 'waits' ELSE 'counts' END AS due
FROM unnest($1::text[], $2::text[]) AS part (low, high), LATERAL (
        SELECT * FROM duplicates
        WHERE uri >= part.low AND uri <= part.high AND kept_from = 'reposts' OFFSET 0
    ) AS t
UNION ALL
SELECT 'blocks' AS name, t.uri AS key, 'waits' AS stored,
       CASE WHEN (SELECT h.uri < t.uri FROM blocks h WHERE h.blocker_did = t.edge[1] AND h.blocked_did = t.edge[2] AND h.commit_rev IS NOT NULL) THEN 'waits' ELSE 'counts' END AS due
FROM unnest($1::text[], $2::text[]) AS part (low, high), LATERAL (
        SELECT * FROM duplicates
        WHERE uri >= part.low AND uri <= part.high AND kept_from = 'blocks' OFFSET 0
    ) AS t
UNION ALL
SELECT 'follows' AS name, t.uri AS key, 'waits' AS stored,
       CASE WHEN (SELECT h.uri < t.uri FROM follows h WHERE h.follower_did = t.edge[1] AND h.following_did = t.edge[2] AND h.commit_rev IS NOT NULL) THEN 'waits' ELSE 'counts' END AS due
FROM unnest($1::text[], $2::text[]) AS part (low, high), LATERAL (
        SELECT * FROM duplicates
        WHERE uri >= part.low AND uri <= part.high AND kept_from = 'follows' OFFSET 0
    ) AS t
UNION ALL
SELECT 'list_blocks' AS name, t.uri AS key, 'waits' AS stored,
       CASE WHEN (SELECT h.uri < t.uri FROM list_blocks h WHERE h.blocker_did = t.edge[1] AND h.list_uri = t.edge[2]) THEN 'waits' ELSE 'counts' END AS due
FROM unnest($1::text[], $2::text[]) AS part (low, high), LATERAL (
        SELECT * FROM duplicates
        WHERE uri >= part.low AND uri <= part.high AND kept_from = 'list_blocks' OFFSET 0
    ) AS t
UNION ALL
SELECT 'list_items' AS name, t.uri AS key, 'waits' AS stored,
       CASE WHEN (SELECT h.uri < t.uri FROM list_items h WHERE h.list_uri = t.edge[1] AND h.subject_did = t.edge[2]) THEN 'waits' ELSE 'counts' END AS due
FROM unnest($1::text[], $2::text[]) AS part (low, high), LATERAL (
        SELECT * FROM duplicates
        WHERE uri >= part.low AND uri <= part.high AND kept_from = 'list_items' OFFSET 0
    ) AS t
) AS compared
GROUP BY name ORDER BY name;
