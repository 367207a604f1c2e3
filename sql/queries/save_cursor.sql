-- $1 the source, $2 its cursor, $3 the time in the event at it. Never moves backwards.
INSERT INTO firehose_cursor AS stored (service, cursor, last_event_time)
VALUES ($1, $2, $3)
ON CONFLICT (service) DO UPDATE
SET cursor = excluded.cursor, last_event_time = excluded.last_event_time, updated_at = now()
WHERE stored.cursor IS NULL OR stored.cursor < excluded.cursor
