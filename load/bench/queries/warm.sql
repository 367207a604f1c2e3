-- $1 kinds of relations, whose pages are read into memory.
SELECT pg_prewarm(oid)
FROM pg_class
WHERE relkind::text = ANY($1::text[])
  AND relnamespace IN ('public'::regnamespace, 'pg_toast'::regnamespace)
