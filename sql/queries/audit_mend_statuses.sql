-- $1 DIDs.
UPDATE users
SET status = (
        SELECT coalesce(r.status, 'inactive') FROM repos r WHERE r.did = users.did AND NOT r.active
    )
WHERE did = ANY($1::text[])
