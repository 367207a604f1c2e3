-- $1 a DID. Readers see its verified handle, or that it has none.
UPDATE users
SET handle = coalesce((SELECT i.handle FROM identities i WHERE i.did = $1), 'handle.invalid')
WHERE did = $1
  AND handle <> coalesce((SELECT i.handle FROM identities i WHERE i.did = $1), 'handle.invalid')
