-- Users who claim their verified handle no more.
SELECT did FROM users
WHERE did IN (
    SELECT i.did
    FROM lines l JOIN identities i ON i.did = l.did
    WHERE i.handle IS NOT NULL AND i.handle IS DISTINCT FROM l.claimed
      AND i.resolved_at <= l.created_at
)
ORDER BY did
FOR NO KEY UPDATE
