-- $1 DIDs, $2 their status, NULL for the active.
UPDATE users
SET status = new.status
FROM unnest($1::text[], $2::text[]) AS new (did, status)
WHERE users.did = ANY($1::text[]) AND users.did = new.did
  AND users.status IS DISTINCT FROM new.status
