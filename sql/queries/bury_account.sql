-- $1 a DID whose directory has a tombstone; $2, $3 source and seq of the last that was said of it. What
-- is fetched of it does not stand still any more.
WITH buried AS (
    UPDATE repos
    SET active = false, status = 'deleted', deleted_at = now(), confirmed_at = now(),
        state = CASE state WHEN 'fetching' THEN 'desynchronized' ELSE state END
    WHERE did = $1 AND (active OR status IS DISTINCT FROM 'deleted')
      AND (account_source, account_seq) IS NOT DISTINCT FROM ($2::text, $3::bigint)
    RETURNING did
), shown AS (
    UPDATE users SET status = 'deleted' FROM buried WHERE users.did = $1 AND users.did = buried.did
)
SELECT did FROM buried
