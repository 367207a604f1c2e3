-- $1 a schema, $2 names of its tables. Those, and those with foreign keys to them, that belong to
-- somebody else: only an owner may change them.
SELECT c.oid::regclass::text AS name, pg_get_userbyid(c.relowner) AS owner
FROM pg_class c
WHERE NOT pg_has_role(c.relowner, 'USAGE')
  AND (c.relnamespace = quote_ident($1)::regnamespace AND c.relname = ANY($2::text[])
       OR c.oid IN (
           SELECT f.conrelid FROM pg_constraint f
           JOIN pg_class t ON t.oid = f.confrelid
           WHERE f.contype = 'f' AND t.relnamespace = quote_ident($1)::regnamespace
             AND t.relname = ANY($2::text[])
       ))
ORDER BY 1
