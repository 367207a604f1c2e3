-- $1 how many at once. What labelers said whose accounts are deleted: records go with the account,
-- these are none.
DELETE FROM labels
WHERE uri = ANY(ARRAY(
    SELECT l.uri
    FROM label_cursors c
    JOIN repos r ON r.did = c.did AND NOT r.active AND r.status = 'deleted' AND r.deleted_at IS NULL
    JOIN labels l ON l.src = c.did AND l.block IS NOT NULL
    ORDER BY l.uri LIMIT $1 FOR UPDATE OF l SKIP LOCKED
))
