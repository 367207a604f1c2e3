-- $1 the host that lists. Goes on where it was left.
WITH new AS (
    INSERT INTO backfills (source) VALUES ($1) ON CONFLICT DO NOTHING
    RETURNING cursor, listed, complete
)
SELECT cursor, listed, complete FROM new
UNION ALL
SELECT cursor, listed, complete FROM backfills WHERE source = $1
