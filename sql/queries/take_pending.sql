-- $1 subjects that arrived, or never will. Returns the kinds of those that were waited for.
DELETE FROM pending
WHERE subject = ANY(ARRAY(
    SELECT subject FROM pending WHERE subject = ANY($1::text[]) ORDER BY subject FOR UPDATE
))
RETURNING kind
