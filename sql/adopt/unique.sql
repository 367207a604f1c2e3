-- $1 a schema. What its tables hold once only: of each such index that excludes no row, the columns
-- in their alphabetical order.
SELECT c.relname AS table_name,
       array_agg(a.attname::text COLLATE "C" ORDER BY a.attname::text COLLATE "C") AS columns
FROM pg_index i
JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey)
WHERE c.relnamespace = quote_ident($1)::regnamespace AND i.indisunique AND i.indisvalid
  AND i.indpred IS NULL AND i.indexprs IS NULL
GROUP BY i.indexrelid, c.relname
