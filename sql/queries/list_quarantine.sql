-- $1 only this reason unless it is null, $2 at most so many, the newest first, $3 below this id.
SELECT id, created_at, reason, seq, did, uri, detail
FROM quarantine
WHERE ($1::text IS NULL OR reason = $1) AND id < $3
ORDER BY id DESC
LIMIT $2
