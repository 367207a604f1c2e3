-- $1 subjects, $2 their kinds, $3 how long they are waited for.
INSERT INTO pending (subject, kind, expires)
SELECT new.subject, new.kind, now() + $3::interval
FROM unnest($1::text[], $2::text[]) AS new (subject, kind)
ORDER BY new.subject
ON CONFLICT (subject) DO NOTHING
