-- $1 how old an event has to be, $2 how many at once, the oldest first. In a transaction that holds
-- the row of label_log.
WITH cut AS (
    DELETE FROM label_events
    WHERE seq = ANY(ARRAY(SELECT seq FROM label_events WHERE seq > 0 ORDER BY seq LIMIT $2))
      AND created_at < now() - $1::interval
    RETURNING seq
), remembered AS (
    UPDATE label_log SET cut = greatest(cut, (SELECT max(seq) FROM cut))
)
SELECT count(*) FROM cut
