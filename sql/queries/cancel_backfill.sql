-- $1 a list, $2 DIDs of it, or NULL for all. What is being fetched now is fetched to its end, and what
-- has to be fetched anyway stays. Returns what has been taken out.
WITH forgotten AS (
    DELETE FROM backfills WHERE source = $1 AND $2::text[] IS NULL
), released AS (
    UPDATE resyncs SET backfill = NULL
    WHERE backfill = $1 AND ($2 IS NULL OR did = ANY($2))
      AND NOT (reason = 'backfill' AND token IS NULL)
)
DELETE FROM resyncs
WHERE backfill = $1 AND ($2 IS NULL OR did = ANY($2)) AND reason = 'backfill' AND token IS NULL
RETURNING did
