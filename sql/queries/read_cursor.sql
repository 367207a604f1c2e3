-- $1 the source.
SELECT cursor, last_event_time FROM firehose_cursor WHERE service = $1
