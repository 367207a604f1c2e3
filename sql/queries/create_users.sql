-- $1 DIDs that had no row. Returns those that have one now. The status of an account may have come
-- before the account.
INSERT INTO users (did, status)
SELECT new.did,
       (SELECT coalesce(r.status, 'inactive') FROM repos r WHERE r.did = new.did AND NOT r.active)
FROM unnest($1::text[]) AS new (did)
ORDER BY new.did
ON CONFLICT DO NOTHING
RETURNING did
