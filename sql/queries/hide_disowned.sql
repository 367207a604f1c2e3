-- $1 users who were locked: of some the handle is not verified any more.
UPDATE users SET handle = 'handle.invalid'
WHERE did = ANY($1::text[])
  AND handle <> coalesce(
      (SELECT i.handle FROM identities i WHERE i.did = users.did), 'handle.invalid'
  )
