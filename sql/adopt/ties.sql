-- $1 a schema, $2 names of its tables. The foreign keys of other tables that lead to these: how to
-- take each off and how to put it back. What would forbid a deletion is not put back: records are
-- deleted when their authors do.
SELECT format('%s.%s', f.conrelid::regclass, f.conname) AS name,
       format('ALTER TABLE %s DROP CONSTRAINT %I', f.conrelid::regclass, f.conname) AS without,
       CASE WHEN f.confdeltype IN ('c', 'n', 'd') THEN
           format('ALTER TABLE %s ADD CONSTRAINT %I %s%s', f.conrelid::regclass, f.conname,
                  pg_get_constraintdef(f.oid), CASE WHEN f.convalidated THEN ' NOT VALID' ELSE '' END)
       END AS anew
FROM pg_constraint f
JOIN pg_class t ON t.oid = f.confrelid
JOIN pg_class o ON o.oid = f.conrelid
WHERE f.contype = 'f' AND t.relnamespace = quote_ident($1)::regnamespace
  AND t.relname = ANY($2::text[])
  AND NOT (o.relnamespace = t.relnamespace AND o.relname = ANY($2::text[]))
ORDER BY 1
