-- $1 a DID. Nothing if it is protected already.
INSERT INTO protected_accounts (did) VALUES ($1) ON CONFLICT DO NOTHING RETURNING did
