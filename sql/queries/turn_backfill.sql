-- $1 the host that lists, $2 the cursor of its next page, NULL if there is none, $3 how many repos were
-- on this one.
UPDATE backfills
SET cursor = $2::text, listed = listed + $3, complete = $2::text IS NULL
WHERE source = $1
