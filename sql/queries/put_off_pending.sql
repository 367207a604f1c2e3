-- $1 subjects, $2 when each is due by the claim of whoever asked, $3 how long until it is asked for
-- again, $4 how many attempts more have failed. One that was asked for again since is left alone.
UPDATE pending
SET due = now() + put_off.wait, claimed = false, attempts = attempts + put_off.failed
FROM (
    SELECT p.subject, new.wait, new.failed
    FROM pending p,
         unnest($1::text[], $2::timestamptz[], $3::interval[], $4::integer[])
             AS new (subject, due, wait, failed)
    WHERE p.subject = ANY($1::text[]) AND p.subject = new.subject AND p.due = new.due
    ORDER BY p.subject FOR UPDATE OF p
) AS put_off
WHERE pending.subject = ANY($1::text[]) AND pending.subject = put_off.subject
