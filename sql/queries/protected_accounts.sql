-- All of them, and the handle of each, where it is known.
SELECT did, handle, protected_accounts.created_at AS since
FROM protected_accounts LEFT JOIN users USING (did)
ORDER BY protected_accounts.created_at, did
