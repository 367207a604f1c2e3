-- $1 a schema. Names of its tables and views.
SELECT relname AS name FROM pg_class
WHERE relnamespace = quote_ident($1)::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
