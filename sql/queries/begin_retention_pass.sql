-- $1 a horizon, $2 the first place, $3 how long the last pass must have begun ago, or how far its horizon
-- must lie behind this one: fewer days may be kept now. Nothing while one is under way.
INSERT INTO retention_passes (horizon, place)
SELECT $1, $2
WHERE NOT EXISTS (
    SELECT FROM retention_passes
    WHERE ended IS NULL
       OR (began > now() - $3::interval AND horizon > $1::timestamptz - $3::interval)
)
ON CONFLICT DO NOTHING
