-- $1 how many, $2 when those are due again that cannot be renewed now, $3 when those are that nobody
-- wrote or named yet. Whose identities are due, the longest due first, and whether they are users.
WITH due AS (
    SELECT i.did, i.renew_at,
           -- By key: EXISTS might be answered by reading all users.
           (SELECT true FROM users u WHERE u.did = i.did) IS TRUE AS is_user
    FROM identities i
    WHERE i.renew_at <= now()
    ORDER BY i.renew_at LIMIT $1
    FOR UPDATE OF i SKIP LOCKED
), claimed AS (
    UPDATE identities SET renew_at = now() + CASE WHEN due.is_user THEN $2::interval ELSE $3 END
    FROM due WHERE identities.did = due.did
)
SELECT did, is_user FROM due ORDER BY renew_at
