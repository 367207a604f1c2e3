-- $1 DIDs. Returns those that were protected.
DELETE FROM protected_accounts WHERE did = ANY($1::text[]) RETURNING did
