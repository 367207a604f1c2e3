SELECT service, cursor, last_event_time, updated_at FROM older.firehose_cursor
WHERE refused IS NULL ORDER BY service
