-- $1 a DID that was said to be deleted $2 and is; $3, $4 source and seq of the last that was said of it.
UPDATE repos
SET confirmed_at = greatest(now(), deleted_at)
WHERE did = $1 AND deleted_at = $2 AND NOT active AND status = 'deleted'
  AND (account_source, account_seq) IS NOT DISTINCT FROM ($3::text, $4::bigint)
RETURNING did
