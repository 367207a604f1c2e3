-- $1 a DID, $2 its verified handle, or NULL. After `lock_named_users`.
SELECT did FROM identities WHERE did = $1 OR handle = $2 ORDER BY did FOR UPDATE
