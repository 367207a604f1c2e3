-- $1 DIDs. Those whose key we know.
SELECT did, signing_key FROM identities WHERE did = ANY($1::text[]) AND signing_key IS NOT NULL
