-- $1 notices.
DELETE FROM notifications WHERE uri = ANY($1::text[])
