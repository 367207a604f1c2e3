-- $1 DIDs of repos that went on without us, $2 how that was seen.
INSERT INTO resyncs (did, reason)
SELECT * FROM unnest($1::text[], $2::text[]) AS new (did, reason)
ORDER BY did
ON CONFLICT (did) DO NOTHING
