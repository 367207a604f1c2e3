-- $1 notices, $2 their recipients: read before an update, and told again after it.
UPDATE notifications n
SET is_read = true
FROM unnest($1::text[], $2::text[]) AS was (uri, recipient_did)
WHERE n.uri = ANY($1::text[]) AND n.uri = was.uri AND n.recipient_did = was.recipient_did
