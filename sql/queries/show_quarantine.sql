SELECT id, created_at, source, reason, detail, seq, did, uri, rev, overtaken, frame, record
FROM quarantine
WHERE id = $1
