-- $1 how many, $2 for how long they are nobody else's, $3 whether records are fetched, too. Accounts
-- come first, then the longest due.
WITH accounts AS (
    SELECT subject FROM pending
    WHERE kind = 'user' AND due <= now()
    ORDER BY due LIMIT $1
    FOR UPDATE SKIP LOCKED
), records AS (
    SELECT subject FROM pending
    WHERE kind <> 'user' AND due <= now() AND $3
    ORDER BY due LIMIT $1 - (SELECT count(*) FROM accounts)
    FOR UPDATE SKIP LOCKED
)
UPDATE pending
SET due = now() + $2::interval
WHERE subject = ANY(ARRAY(SELECT subject FROM accounts UNION ALL SELECT subject FROM records))
RETURNING subject, kind, attempts, due AS claim, prodded, now() - first_seen AS waited
