-- $1 DIDs not seen before.
INSERT INTO repos (did)
SELECT did FROM unnest($1::text[]) AS new (did)
ORDER BY did
ON CONFLICT DO NOTHING
