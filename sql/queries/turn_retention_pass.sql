-- $1 a pass that was at page $3 of place $2, and goes on at page $5 of place $4, or ends if that is null;
-- $6 rows went. Whoever else walks may have brought it further. Returns where it is.
UPDATE retention_passes
SET removed = removed + $6,
    ended = CASE WHEN (place, page) = ($2, $3) AND $4::text IS NULL THEN now() ELSE ended END,
    place = CASE WHEN (place, page) = ($2, $3) THEN coalesce($4, place) ELSE place END,
    page = CASE WHEN (place, page) = ($2, $3) THEN $5 ELSE page END
WHERE number = $1
RETURNING place, page, removed, ended
