-- $1 tables, $2 and $3 the two columns of edges that are free: those that somebody waits for.
SELECT DISTINCT kept_from, one, other
FROM unnest($1::text[], $2::text[], $3::text[]) AS freed (kept_from, one, other)
WHERE (
    SELECT true FROM duplicates d
    WHERE d.kept_from = freed.kept_from AND d.edge = ARRAY[freed.one, freed.other] LIMIT 1
)
