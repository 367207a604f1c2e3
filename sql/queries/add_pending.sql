-- $1 subjects, $2 their kinds, $3 how long they are waited for. Nothing is fetched of those who
-- opted out. Returns the kinds of those that were not waited for yet.
INSERT INTO pending (subject, kind, expires)
SELECT new.subject, new.kind, now() + $3::interval
FROM unnest($1::text[], $2::text[]) AS new (subject, kind)
WHERE (
    SELECT true FROM user_settings s
    WHERE s.user_did = CASE new.kind WHEN 'user' THEN new.subject ELSE split_part(new.subject, '/', 3) END
      AND s.data_collection_forbidden
) IS NOT TRUE
ORDER BY new.subject
ON CONFLICT (subject) DO NOTHING
RETURNING kind
