INSERT INTO firehose_cursor (service, cursor, last_event_time, updated_at)
VALUES ($1, $2, $3, coalesce($4, now()))
