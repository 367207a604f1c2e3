-- Whole repos that are to be fetched: all (where there are many, what was last estimated), those that
-- could not be had at least once, those under way, and the commits that wait for them.
SELECT
    CASE
        WHEN pg_relation_size('resyncs') < 10000000 THEN (SELECT count(*) FROM resyncs)
        ELSE (SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'resyncs'::regclass)
    END AS waiting,
    (SELECT count(*) FROM resyncs WHERE attempts > 0) AS failed,
    (SELECT count(*) FROM resyncs WHERE token IS NOT NULL) AS fetching,
    (SELECT coalesce(sum(held), 0) FROM resyncs WHERE token IS NOT NULL) AS held
