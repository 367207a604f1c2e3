-- $1 a DID whose document cannot be had or used, $2 when it was asked, $3 when to ask again. Only
-- what was known once has a row: anybody can make up DIDs.
UPDATE identities
SET handle = NULL, claimed = NULL, pds = NULL, signing_key = NULL, labeler = NULL, label_key = NULL,
    gone = false, resolved_at = $2, handle_checked_at = NULL, renew_at = $3
WHERE did = $1 AND resolved_at <= $2
