-- $1 DIDs that had no row. Returns those that have one now. The status of an account may have come
-- before the account, and so may its verified handle.
INSERT INTO users (did, handle, status)
SELECT new.did,
       coalesce((SELECT i.handle FROM identities i WHERE i.did = new.did), 'handle.invalid'),
       (SELECT coalesce(r.status, 'inactive') FROM repos r WHERE r.did = new.did AND NOT r.active)
FROM unnest($1::text[]) AS new (did)
ORDER BY new.did
ON CONFLICT DO NOTHING
RETURNING did
