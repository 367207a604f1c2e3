-- $1 only this reason unless it is null. In the order in which they came.
SELECT id FROM quarantine WHERE $1::text IS NULL OR reason = $1 ORDER BY id
