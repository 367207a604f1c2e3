-- What was waited for long enough, $1 at most. Rows and effects that come later are made all the same.
DELETE FROM pending
WHERE subject = ANY(ARRAY(
    SELECT subject FROM pending
    WHERE expires < now() ORDER BY subject LIMIT $1 FOR UPDATE SKIP LOCKED
))
RETURNING kind
