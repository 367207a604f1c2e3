-- $1 DIDs. Those of whom nothing may be stored.
SELECT user_did FROM user_settings
WHERE user_did = ANY($1::text[]) AND data_collection_forbidden
