-- $1 DIDs to resolve again, at once, $2 how long that is tried. Returns the kinds of those that were
-- not waited for yet.
INSERT INTO pending (subject, kind, expires, prodded)
SELECT new.did, 'user', now() + $2::interval, now()
FROM unnest($1::text[]) AS new (did)
ORDER BY new.did
ON CONFLICT (subject) DO UPDATE
SET due = now(), claimed = false, attempts = 0, expires = excluded.expires, prodded = now()
RETURNING kind, first_seen = now() AS new
