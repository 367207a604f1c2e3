-- $1 subjects of which an outdated answer came, $2 when each was due by the claim of whoever asked.
-- Soon, but later and later: a repo may move on faster than it can be asked.
UPDATE pending
SET due = now() + (now() - first_seen) / 10, claimed = false
FROM unnest($1::text[], $2::timestamptz[]) AS claimed (subject, due)
WHERE pending.subject = ANY($1::text[])
  AND pending.subject = claimed.subject AND pending.due = claimed.due
