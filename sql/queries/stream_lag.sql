-- $1 a source. How far its events lie in the past, in seconds; nothing where none come in now.
SELECT extract(epoch FROM updated_at - last_event_time)::float8
FROM firehose_cursor
WHERE service = $1 AND updated_at > now() - interval '10 s'
