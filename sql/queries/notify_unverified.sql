-- $1 verifications about to go.
INSERT INTO notifications (uri, recipient_did, author_did, reason, cid, created_at)
SELECT uri || '#notification/unverified', subject_did, issuer_did, 'unverified', cid, now()
FROM verifications
WHERE uri = ANY($1::text[]) AND subject_did <> issuer_did
ORDER BY uri
ON CONFLICT (uri) DO UPDATE
SET recipient_did = excluded.recipient_did, cid = excluded.cid, created_at = excluded.created_at,
    is_read = false
