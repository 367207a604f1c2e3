SELECT least(
    (SELECT post_uri FROM quotes WHERE post_uri >= $1 ORDER BY post_uri OFFSET $2 LIMIT 1)
);

SELECT post_uri FROM quotes
TABLESAMPLE SYSTEM (least(100, 819200.0 * greatest(32, $1::bigint) / greatest(1, pg_relation_size('quotes'))))
WHERE post_uri IS NOT NULL
ORDER BY random() LIMIT $1;

SELECT count(*) * 100 / least(100, 819200.0 * 32 / greatest(1, pg_relation_size('quotes')))
FROM quotes TABLESAMPLE SYSTEM (least(100, 819200.0 * 32 / greatest(1, pg_relation_size('quotes'))));

SELECT name, count(*) AS compared, array_agg(key ORDER BY key) FILTER (WHERE stored IS DISTINCT FROM due) AS key, array_agg(stored ORDER BY key) FILTER (WHERE stored IS DISTINCT FROM due) AS stored, array_agg(due ORDER BY key) FILTER (WHERE stored IS DISTINCT FROM due) AS due
FROM (
SELECT 'post_uri' AS name, t.post_uri AS key, 'there' AS stored,
       CASE WHEN (SELECT true FROM posts o WHERE o.uri = t.post_uri) IS TRUE THEN 'there' ELSE 'gone' END AS due
FROM unnest($1::text[], $2::text[]) AS part (low, high), LATERAL (
        SELECT * FROM quotes
        WHERE post_uri >= part.low AND post_uri <= part.high OFFSET 0
    ) AS t
) AS compared
GROUP BY name ORDER BY name;

WITH gone AS (
    DELETE FROM quotes WHERE post_uri = ANY($1::text[]) RETURNING *
), lessened_0 AS (
    INSERT INTO post_aggregations AS t (post_uri, quote_count)
    SELECT quoted_uri, -count(*) FROM gone GROUP BY quoted_uri ORDER BY quoted_uri
    ON CONFLICT (post_uri) DO UPDATE
    SET quote_count = t.quote_count + excluded.quote_count, updated_at = now()
)
SELECT count(*) FROM gone;
