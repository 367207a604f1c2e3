-- In a transaction that holds the row of label_log: gives the events that are committed by now the
-- next numbers. Returns the last one.
WITH fresh AS (
    SELECT id, row_number() OVER (ORDER BY id) AS nth FROM label_events WHERE seq IS NULL
), numbered AS (
    UPDATE label_events e SET seq = log.seq + fresh.nth
    FROM fresh, label_log log WHERE e.id = fresh.id AND e.seq IS NULL
    RETURNING e.id
)
UPDATE label_log SET seq = seq + (SELECT count(*) FROM numbered) RETURNING seq
