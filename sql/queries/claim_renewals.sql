-- $1 how many, $2 when those are due again that cannot be renewed now, $3 when those are that nobody
-- wrote or named yet. Whose identities were to be renewed longest ago, and whether they are users.
UPDATE identities
SET renew_at = now() + CASE
        WHEN EXISTS (SELECT FROM users u WHERE u.did = identities.did) THEN $2::interval
        ELSE $3::interval
    END
WHERE did = ANY(ARRAY(
    SELECT did FROM identities WHERE renew_at <= now()
    ORDER BY renew_at LIMIT $1
    FOR UPDATE SKIP LOCKED
))
RETURNING did, EXISTS (SELECT FROM users u WHERE u.did = identities.did) AS is_user
