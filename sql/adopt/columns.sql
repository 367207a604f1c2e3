-- $1 a schema, $2 names of tables. Which of them are there, and their columns with the names of their
-- types; NULL: it is there and no table.
SELECT c.relname AS table_name, a.attname AS column_name,
       CASE WHEN c.relkind IN ('r', 'p') THEN
           CASE WHEN t.typcategory = 'A' THEN 'ARRAY' ELSE format_type(a.atttypid, NULL) END
       END AS type,
       c.relpages::bigint AS pages, pg_total_relation_size(c.oid) AS bytes
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
WHERE c.relnamespace = quote_ident($1)::regnamespace AND c.relname = ANY($2::text[])
  AND c.relkind IN ('r', 'p', 'v', 'm')
ORDER BY 1, a.attnum
