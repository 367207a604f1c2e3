-- $1 a DID, $2 its verified handle. Takes the handle from whoever else had it; returns them, to be
-- resolved again.
WITH lost AS (
    UPDATE identities SET handle = NULL, handle_checked_at = NULL, renew_at = now()
    WHERE handle = $2 AND did <> $1
    RETURNING did
), hidden AS (
    UPDATE users SET handle = 'handle.invalid' WHERE handle = $2 AND did <> $1 RETURNING did
)
SELECT did FROM lost UNION SELECT did FROM hidden ORDER BY did
