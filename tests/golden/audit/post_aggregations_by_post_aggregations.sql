SELECT least(
    (SELECT post_uri FROM post_aggregations WHERE post_uri >= $1 ORDER BY post_uri OFFSET $2 LIMIT 1),
    (SELECT post_uri FROM bookmarks WHERE post_uri >= $1 ORDER BY post_uri OFFSET $2 LIMIT 1),
    (SELECT post_uri FROM likes WHERE post_uri >= $1 ORDER BY post_uri OFFSET $2 LIMIT 1),
    (SELECT parent_uri FROM posts WHERE parent_uri >= $1 ORDER BY parent_uri OFFSET $2 LIMIT 1),
    (SELECT quoted_uri FROM quotes WHERE quoted_uri >= $1 ORDER BY quoted_uri OFFSET $2 LIMIT 1),
    (SELECT post_uri FROM reposts WHERE post_uri >= $1 ORDER BY post_uri OFFSET $2 LIMIT 1)
);

SELECT post_uri FROM post_aggregations
TABLESAMPLE SYSTEM (least(100, 819200.0 * greatest(32, $1::bigint) / greatest(1, pg_relation_size('post_aggregations'))))
WHERE post_uri IS NOT NULL
ORDER BY random() LIMIT $1;

SELECT count(*) * 100 / least(100, 819200.0 * 32 / greatest(1, pg_relation_size('post_aggregations')))
FROM post_aggregations TABLESAMPLE SYSTEM (least(100, 819200.0 * 32 / greatest(1, pg_relation_size('post_aggregations'))));

SELECT name, count(*) AS compared, array_agg(key ORDER BY key) FILTER (WHERE stored IS DISTINCT FROM due) AS key, array_agg(stored ORDER BY key) FILTER (WHERE stored IS DISTINCT FROM due) AS stored, array_agg(due ORDER BY key) FILTER (WHERE stored IS DISTINCT FROM due) AS due
FROM (
SELECT name, key, sum(stored)::text AS stored, sum(due)::text AS due
FROM (
    SELECT 'bookmark_count' AS name, t.post_uri AS key, 0 AS stored, count(*) AS due
    FROM unnest($1::text[], $2::text[]) AS part (low, high), LATERAL (
        SELECT * FROM bookmarks
        WHERE post_uri >= part.low AND post_uri <= part.high AND commit_rev IS NOT NULL OFFSET 0
    ) AS t
    GROUP BY t.post_uri
    UNION ALL
    SELECT 'like_count' AS name, t.post_uri AS key, 0 AS stored, count(*) AS due
    FROM unnest($1::text[], $2::text[]) AS part (low, high), LATERAL (
        SELECT * FROM likes
        WHERE post_uri >= part.low AND post_uri <= part.high AND commit_rev IS NOT NULL OFFSET 0
    ) AS t
    GROUP BY t.post_uri
    UNION ALL
    SELECT 'reply_count' AS name, t.parent_uri AS key, 0 AS stored, count(*) AS due
    FROM unnest($1::text[], $2::text[]) AS part (low, high), LATERAL (
        SELECT * FROM posts
        WHERE parent_uri >= part.low AND parent_uri <= part.high AND commit_rev IS NOT NULL OFFSET 0
    ) AS t
    GROUP BY t.parent_uri
    UNION ALL
    SELECT 'quote_count' AS name, t.quoted_uri AS key, 0 AS stored, count(*) AS due
    FROM unnest($1::text[], $2::text[]) AS part (low, high), LATERAL (
        SELECT * FROM quotes
        WHERE quoted_uri >= part.low AND quoted_uri <= part.high OFFSET 0
    ) AS t
    GROUP BY t.quoted_uri
    UNION ALL
    SELECT 'repost_count' AS name, t.post_uri AS key, 0 AS stored, count(*) AS due
    FROM unnest($1::text[], $2::text[]) AS part (low, high), LATERAL (
        SELECT * FROM reposts
        WHERE post_uri >= part.low AND post_uri <= part.high AND commit_rev IS NOT NULL OFFSET 0
    ) AS t
    GROUP BY t.post_uri
    UNION ALL
    SELECT v.name, t.post_uri, v.stored, 0
    FROM unnest($1::text[], $2::text[]) AS part (low, high), LATERAL (
        SELECT * FROM post_aggregations
        WHERE post_uri >= part.low AND post_uri <= part.high OFFSET 0
    ) AS t,
         LATERAL (VALUES ('like_count', t.like_count), ('repost_count', t.repost_count), ('reply_count', t.reply_count), ('bookmark_count', t.bookmark_count), ('quote_count', t.quote_count)) AS v (name, stored)
    WHERE v.stored <> 0
) AS side
GROUP BY name, key
) AS compared
GROUP BY name ORDER BY name;

INSERT INTO post_aggregations (post_uri)
SELECT key FROM unnest($1::text[]) AS key ORDER BY key
ON CONFLICT (post_uri) DO UPDATE SET updated_at = now();

UPDATE post_aggregations c SET
    bookmark_count = (SELECT count(*) FROM bookmarks s WHERE s.post_uri = c.post_uri AND s.commit_rev IS NOT NULL),
    like_count = (SELECT count(*) FROM likes s WHERE s.post_uri = c.post_uri AND s.commit_rev IS NOT NULL),
    reply_count = (SELECT count(*) FROM posts s WHERE s.parent_uri = c.post_uri AND s.commit_rev IS NOT NULL),
    quote_count = (SELECT count(*) FROM quotes s WHERE s.quoted_uri = c.post_uri),
    repost_count = (SELECT count(*) FROM reposts s WHERE s.post_uri = c.post_uri AND s.commit_rev IS NOT NULL)
WHERE post_uri = ANY($1::text[]);
