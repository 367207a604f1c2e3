-- $1 the source, $2 the number after which, $3 how many: what its subscribers get. Of a label only
-- what was said last: a label that was taken back is not in the stream any more, its negation is.
SELECT seq, block, sig
FROM label_events e
WHERE src = $1 AND seq > $2 AND block IS NOT NULL
  AND NOT EXISTS (
      SELECT FROM label_events later
      WHERE later.label_uri = e.label_uri AND later.id > e.id AND later.block IS NOT NULL
  )
ORDER BY seq LIMIT $3
