-- $1 subjects that were fetched, $2 when each was due by the claim of whoever fetched it. One that
-- was asked for again since stays. Returns the kinds of those that went.
DELETE FROM pending
WHERE subject = ANY(ARRAY(
    SELECT p.subject
    FROM pending p, unnest($1::text[], $2::timestamptz[]) AS claimed (subject, due)
    WHERE p.subject = ANY($1::text[]) AND p.subject = claimed.subject AND p.due = claimed.due
    ORDER BY p.subject FOR UPDATE OF p
))
RETURNING kind
