-- $1 subjects of which an outdated answer came, $2 when each was due by the claim of whoever asked.
UPDATE pending
SET due = now()
FROM unnest($1::text[], $2::timestamptz[]) AS claimed (subject, due)
WHERE pending.subject = ANY($1::text[])
  AND pending.subject = claimed.subject AND pending.due = claimed.due
