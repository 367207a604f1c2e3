-- Repos by state. Those that are not as they should be are counted; of the others, where there are
-- many, what was last estimated.
WITH small AS MATERIALIZED (SELECT pg_relation_size('repos') < 10000000 AS yes)
SELECT state, count(*) AS repos FROM repos
WHERE state IN ('desynchronized', 'fetching') GROUP BY state
UNION ALL
SELECT state, count(*) FROM repos
WHERE (SELECT yes FROM small) AND state NOT IN ('desynchronized', 'fetching') GROUP BY state
UNION ALL
SELECT state, (share * (
    SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = 'repos'::regclass
))::bigint
FROM pg_stats, unnest(most_common_vals::text::text[], most_common_freqs) AS common (state, share)
WHERE NOT (SELECT yes FROM small) AND schemaname = ANY(current_schemas(false))
  AND tablename = 'repos' AND attname = 'state' AND state NOT IN ('desynchronized', 'fetching')
ORDER BY 1
