-- $1 a schema, $2 another. How to move all that the first holds to the second; what belongs to a
-- table goes with it.
SELECT format('ALTER %s %I.%I SET SCHEMA %I',
              CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
              $1::text, c.relname, $2::text) AS move
FROM pg_class c
WHERE c.relnamespace = quote_ident($1)::regnamespace AND c.relkind IN ('r', 'v', 'S')
  AND NOT EXISTS (
      SELECT FROM pg_depend d
      WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
        AND c.relkind = 'S'
  )
UNION ALL
SELECT format('ALTER FUNCTION %s SET SCHEMA %I', p.oid::regprocedure, $2::text)
FROM pg_proc p
WHERE p.pronamespace = quote_ident($1)::regnamespace
