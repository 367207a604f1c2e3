-- $1 a DID that is opted out from now on. Whatever else its settings say stays.
INSERT INTO user_settings (user_did, data_collection_forbidden) VALUES ($1, true)
ON CONFLICT (user_did) DO UPDATE SET data_collection_forbidden = true, updated_at = now()
WHERE NOT user_settings.data_collection_forbidden
