-- $1 a DID that was said to be $2 and is active; $3, $4 source and seq of the last that was said of it.
-- Of a deleted one records may have been purged, or were not applied: all of it has to be fetched.
WITH revived AS (
    UPDATE repos
    SET active = true, status = NULL, deleted_at = NULL, confirmed_at = NULL,
        state = CASE $2 WHEN 'deleted' THEN 'desynchronized' ELSE state END
    WHERE did = $1 AND NOT active AND status = $2
      AND (account_source, account_seq) IS NOT DISTINCT FROM ($3::text, $4::bigint)
    RETURNING did, state
), asked AS (
    INSERT INTO resyncs (did, reason)
    SELECT did, 'reactivated' FROM revived WHERE state = 'desynchronized'
    ON CONFLICT (did) DO NOTHING
), shown AS (
    UPDATE users SET status = NULL FROM revived WHERE users.did = $1 AND users.did = revived.did
)
SELECT did FROM revived
