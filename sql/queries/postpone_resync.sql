-- $1 a DID whose host cannot be reached; $2 the shortest wait and $3 the longest: half as long again as
-- it has waited already, more or less, so that many do not come back together.
UPDATE resyncs
SET due = now()
    + greatest($2::interval, least($3::interval, (now() - first_seen) / 2)) * (0.75 + random() / 2)
WHERE did = $1
