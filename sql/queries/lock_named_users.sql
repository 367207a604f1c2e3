-- $1 a DID, $2 its verified handle, or NULL. Users whose handle may change with that.
SELECT did FROM users
WHERE did IN (
    SELECT $1::text
    UNION ALL SELECT did FROM users WHERE handle = $2
    UNION ALL SELECT did FROM identities WHERE handle = $2
)
ORDER BY did
FOR NO KEY UPDATE
