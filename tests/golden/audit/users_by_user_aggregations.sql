SELECT least(
    (SELECT did FROM user_aggregations WHERE did >= $1 ORDER BY did OFFSET $2 LIMIT 1)
);

SELECT did FROM user_aggregations
TABLESAMPLE SYSTEM (least(100, 819200.0 * greatest(32, $1::bigint) / greatest(1, pg_relation_size('user_aggregations'))))
WHERE did IS NOT NULL
ORDER BY random() LIMIT $1;

SELECT count(*) * 100 / least(100, 819200.0 * 32 / greatest(1, pg_relation_size('user_aggregations')))
FROM user_aggregations TABLESAMPLE SYSTEM (least(100, 819200.0 * 32 / greatest(1, pg_relation_size('user_aggregations'))));

SELECT name, count(*) AS compared, array_agg(key ORDER BY key) FILTER (WHERE stored IS DISTINCT FROM due) AS key, array_agg(stored ORDER BY key) FILTER (WHERE stored IS DISTINCT FROM due) AS stored, array_agg(due ORDER BY key) FILTER (WHERE stored IS DISTINCT FROM due) AS due
FROM (
SELECT 'did' AS name, t.did AS key,
       CASE WHEN (SELECT true FROM users u WHERE u.did = t.did) IS TRUE THEN 'there' ELSE 'missing' END AS stored, 'there' AS due
FROM unnest($1::text[], $2::text[]) AS part (low, high), LATERAL (
        SELECT * FROM user_aggregations
        WHERE did >= part.low AND did <= part.high OFFSET 0
    ) AS t
WHERE t.followers_count + t.follows_count + t.posts_count > 0
  AND (SELECT true FROM user_settings s WHERE s.user_did = t.did) IS NOT TRUE
) AS compared
GROUP BY name ORDER BY name;
