SELECT least(
    (SELECT uri FROM posts WHERE uri >= $1 ORDER BY uri OFFSET $2 LIMIT 1)
);

SELECT uri FROM posts
TABLESAMPLE SYSTEM (least(100, 819200.0 * greatest(32, $1::bigint) / greatest(1, pg_relation_size('posts'))))
WHERE uri IS NOT NULL
ORDER BY random() LIMIT $1;

SELECT count(*) * 100 / least(100, 819200.0 * 32 / greatest(1, pg_relation_size('posts')))
FROM posts TABLESAMPLE SYSTEM (least(100, 819200.0 * 32 / greatest(1, pg_relation_size('posts'))));
