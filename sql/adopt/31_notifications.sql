-- Those whose record or subject is not there go in 45. Ids stay: clients know them.
INSERT INTO notifications (
    id, uri, recipient_did, author_did, reason, reason_subject, cid, is_read, created_at, indexed_at
)
SELECT coalesce(id, row_number() OVER ()), uri, recipient_did, author_did, reason,
       nullif(reason_subject, ''), cid, is_read, created_at, indexed_at
FROM older.notifications WHERE refused IS NULL;

SELECT setval(pg_get_serial_sequence('notifications', 'id'), max(id)) FROM notifications;
