SELECT least(
    (SELECT did FROM user_aggregations WHERE did >= $1 ORDER BY did OFFSET $2 LIMIT 1),
    (SELECT author_did FROM posts WHERE author_did >= $1 ORDER BY author_did OFFSET $2 LIMIT 1),
    (SELECT following_did FROM follows WHERE following_did >= $1 ORDER BY following_did OFFSET $2 LIMIT 1),
    (SELECT follower_did FROM follows WHERE follower_did >= $1 ORDER BY follower_did OFFSET $2 LIMIT 1)
);

SELECT did FROM user_aggregations
TABLESAMPLE SYSTEM (least(100, 819200.0 * greatest(32, $1::bigint) / greatest(1, pg_relation_size('user_aggregations'))))
WHERE did IS NOT NULL
ORDER BY random() LIMIT $1;

SELECT count(*) * 100 / least(100, 819200.0 * 32 / greatest(1, pg_relation_size('user_aggregations')))
FROM user_aggregations TABLESAMPLE SYSTEM (least(100, 819200.0 * 32 / greatest(1, pg_relation_size('user_aggregations'))));

SELECT name, count(*) AS compared, array_agg(key ORDER BY key) FILTER (WHERE stored IS DISTINCT FROM due) AS key, array_agg(stored ORDER BY key) FILTER (WHERE stored IS DISTINCT FROM due) AS stored, array_agg(due ORDER BY key) FILTER (WHERE stored IS DISTINCT FROM due) AS due
FROM (
SELECT name, key, sum(stored)::text AS stored, sum(due)::text AS due
FROM (
    SELECT 'posts_count' AS name, t.author_did AS key, 0 AS stored, count(*) AS due
    FROM unnest($1::text[], $2::text[]) AS part (low, high), LATERAL (
        SELECT * FROM posts
        WHERE author_did >= part.low AND author_did <= part.high AND commit_rev IS NOT NULL OFFSET 0
    ) AS t
    GROUP BY t.author_did
    UNION ALL
    SELECT 'followers_count' AS name, t.following_did AS key, 0 AS stored, count(*) AS due
    FROM unnest($1::text[], $2::text[]) AS part (low, high), LATERAL (
        SELECT * FROM follows
        WHERE following_did >= part.low AND following_did <= part.high AND commit_rev IS NOT NULL OFFSET 0
    ) AS t
    GROUP BY t.following_did
    UNION ALL
    SELECT 'follows_count' AS name, t.follower_did AS key, 0 AS stored, count(*) AS due
    FROM unnest($1::text[], $2::text[]) AS part (low, high), LATERAL (
        SELECT * FROM follows
        WHERE follower_did >= part.low AND follower_did <= part.high AND commit_rev IS NOT NULL OFFSET 0
    ) AS t
    GROUP BY t.follower_did
    UNION ALL
    SELECT v.name, t.did, v.stored, 0
    FROM unnest($1::text[], $2::text[]) AS part (low, high), LATERAL (
        SELECT * FROM user_aggregations
        WHERE did >= part.low AND did <= part.high OFFSET 0
    ) AS t,
         LATERAL (VALUES ('followers_count', t.followers_count), ('follows_count', t.follows_count), ('posts_count', t.posts_count)) AS v (name, stored)
    WHERE v.stored <> 0
) AS side
GROUP BY name, key
) AS compared
GROUP BY name ORDER BY name;

INSERT INTO user_aggregations (did)
SELECT key FROM unnest($1::text[]) AS key ORDER BY key
ON CONFLICT (did) DO UPDATE SET updated_at = now();

UPDATE user_aggregations c SET
    posts_count = (SELECT count(*) FROM posts s WHERE s.author_did = c.did AND s.commit_rev IS NOT NULL),
    followers_count = (SELECT count(*) FROM follows s WHERE s.following_did = c.did AND s.commit_rev IS NOT NULL),
    follows_count = (SELECT count(*) FROM follows s WHERE s.follower_did = c.did AND s.commit_rev IS NOT NULL)
WHERE did = ANY($1::text[]);
