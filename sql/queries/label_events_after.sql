-- $1 the number after which, $2 how many.
SELECT seq, label_uri, action, src, created_at, block, sig
FROM label_events WHERE seq > $1 ORDER BY seq LIMIT $2
