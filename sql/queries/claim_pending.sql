-- $1 how many, $2 for how long they are nobody else's, $3 whether records are fetched, too. Accounts
-- come first, then the longest due. One whose claim has run out was lost on its way, perhaps with a
-- process that it took down: an attempt that failed.
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
SET due = now() + $2::interval, claimed = true, attempts = attempts + claimed::integer
WHERE subject = ANY(ARRAY(SELECT subject FROM accounts UNION ALL SELECT subject FROM records))
RETURNING subject, kind, attempts, due AS claim, prodded, now() - first_seen AS waited
