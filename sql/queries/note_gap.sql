-- $1 the source, $2 and $3 the last event before the gap, $4 and $5 the first one behind it, $6 how
-- we know. One that is found again on the next connection is noted once.
INSERT INTO gaps (source, after_seq, after_time, until_seq, until_time, reason)
SELECT $1, $2, $3, $4, $5, $6
WHERE NOT EXISTS (
    SELECT FROM gaps
    WHERE source = $1 AND reason = $6
      AND after_seq IS NOT DISTINCT FROM $2 AND until_seq IS NOT DISTINCT FROM $4
)
