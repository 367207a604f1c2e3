-- $1 the source, $2 the number after which, $3 how many: what its subscribers get.
SELECT seq, block, sig
FROM label_events WHERE src = $1 AND seq > $2 AND block IS NOT NULL ORDER BY seq LIMIT $3
