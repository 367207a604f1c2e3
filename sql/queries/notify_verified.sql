-- $1 verifications touched.
INSERT INTO notifications (uri, recipient_did, author_did, reason, cid, created_at)
SELECT uri || '#notification/verified', subject_did, issuer_did, 'verified', cid, sort_at
FROM verifications
WHERE uri = ANY($1::text[]) AND subject_did <> issuer_did AND sort_at IS NOT NULL
ORDER BY uri
ON CONFLICT (uri) DO NOTHING
