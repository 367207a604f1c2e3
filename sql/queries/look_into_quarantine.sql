-- $1 an id, $2 at most so many bytes of its frame and of its record.
SELECT id, created_at, source, reason, detail, seq, did, uri, rev, time, overtaken,
       substring(frame FOR $2) AS frame, octet_length(frame) AS frame_bytes,
       substring(record FOR $2) AS record, octet_length(record) AS record_bytes
FROM quarantine
WHERE id = $1
