-- $1 names. Those by which there is a schema.
SELECT nspname FROM pg_namespace WHERE nspname = ANY($1::text[])
