SELECT least(
    (SELECT did FROM users WHERE did >= $1 ORDER BY did OFFSET $2 LIMIT 1)
);

SELECT did FROM users
TABLESAMPLE SYSTEM (least(100, 819200.0 * greatest(32, $1::bigint) / greatest(1, pg_relation_size('users'))))
WHERE did IS NOT NULL
ORDER BY random() LIMIT $1;

SELECT count(*) * 100 / least(100, 819200.0 * 32 / greatest(1, pg_relation_size('users')))
FROM users TABLESAMPLE SYSTEM (least(100, 819200.0 * 32 / greatest(1, pg_relation_size('users'))));
