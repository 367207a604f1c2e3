-- $1 a DID … $11, as the columns are named below. What was asked later stands; nothing is stored of
-- those who opted out.
INSERT INTO identities (
    did, handle, claimed, pds, signing_key, labeler, label_key, gone, resolved_at,
    handle_checked_at, renew_at
)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
WHERE NOT EXISTS (
    SELECT FROM user_settings s WHERE s.user_did = $1 AND s.data_collection_forbidden
)
ON CONFLICT (did) DO UPDATE SET
    handle = excluded.handle, claimed = excluded.claimed, pds = excluded.pds,
    signing_key = excluded.signing_key, labeler = excluded.labeler,
    label_key = excluded.label_key, gone = excluded.gone, resolved_at = excluded.resolved_at,
    handle_checked_at = excluded.handle_checked_at, renew_at = excluded.renew_at
WHERE identities.resolved_at <= excluded.resolved_at
