INSERT INTO older.adoption
SELECT coalesce(max(coalesce(last_event_time, updated_at)), now()) FROM older.firehose_cursor;
