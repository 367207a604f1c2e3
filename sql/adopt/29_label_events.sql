-- An event outlives its label. There is nothing in them to tell a subscriber: what was signed was
-- not kept. They go by the new keys of the labels that are there, else by the old ones.
INSERT INTO adopted.aside
SELECT 'label_events', 'neither created nor deleted', true, whole
FROM older.label_events WHERE refused IS NULL AND action NOT IN ('created', 'deleted');

INSERT INTO label_events (id, label_uri, action, created_at, seq, src)
OVERRIDING SYSTEM VALUE
SELECT e.id, coalesce(said.uri, e.label_uri), e.action, e.created_at,
       row_number() OVER (ORDER BY e.id),
       coalesce(said.src, substring(e.label_uri FROM 'did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]'), '')
FROM older.label_events e
LEFT JOIN said ON said.written = e.label_uri
WHERE e.refused IS NULL AND e.action IN ('created', 'deleted');

SELECT setval(pg_get_serial_sequence('label_events', 'id'), max(id)) FROM label_events;
UPDATE label_log SET seq = (SELECT count(*) FROM label_events);
