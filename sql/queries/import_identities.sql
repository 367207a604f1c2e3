-- What the lines say: handles are claimed, and verified only if they were before. Nothing older than
-- what was asked overwrites it, and a line that says the same again nothing at all. Users who may have
-- changed are resolved soon.
INSERT INTO identities (
    did, claimed, pds, signing_key, labeler, label_key, gone, resolved_at, renew_at
)
SELECT l.did, l.claimed, l.pds, l.signing_key, l.labeler, l.label_key, l.gone,
       least(l.created_at, now()),
       -- By key: EXISTS might be answered by reading all users.
       (SELECT now() FROM users u WHERE u.did = l.did)
FROM lines l
WHERE NOT EXISTS (
    SELECT FROM user_settings s WHERE s.user_did = l.did AND s.data_collection_forbidden
)
ORDER BY l.did
ON CONFLICT (did) DO UPDATE SET
    handle = CASE WHEN identities.handle = excluded.claimed THEN identities.handle END,
    handle_checked_at = CASE
        WHEN identities.claimed = excluded.claimed THEN identities.handle_checked_at
    END,
    claimed = excluded.claimed, pds = excluded.pds, signing_key = excluded.signing_key,
    labeler = excluded.labeler, label_key = excluded.label_key, gone = excluded.gone,
    resolved_at = excluded.resolved_at, renew_at = coalesce(excluded.renew_at, identities.renew_at)
WHERE identities.resolved_at < excluded.resolved_at
   OR identities.resolved_at = excluded.resolved_at
      AND (identities.claimed, identities.pds, identities.signing_key, identities.labeler,
           identities.label_key, identities.gone)
          IS DISTINCT FROM
          (excluded.claimed, excluded.pds, excluded.signing_key, excluded.labeler,
           excluded.label_key, excluded.gone)
