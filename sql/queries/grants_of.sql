-- $1 tables and views. What others may do with them and with their columns: the relation's name, and
-- the statement that grants it to one of that name.
SELECT c.relname AS relation,
       format('GRANT %s ON %I TO %s%s', a.privilege_type, c.relname,
              CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END,
              CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) AS statement
FROM pg_class c, aclexplode(c.relacl) a
WHERE c.oid = ANY(ARRAY(SELECT to_regclass(quote_ident(name)) FROM unnest($1::text[]) AS name))
  AND a.grantee <> c.relowner
UNION ALL
SELECT c.relname,
       format('GRANT %s (%I) ON %I TO %s%s', a.privilege_type, t.attname, c.relname,
              CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END,
              CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
FROM pg_class c
JOIN pg_attribute t ON t.attrelid = c.oid AND NOT t.attisdropped, aclexplode(t.attacl) a
WHERE c.oid = ANY(ARRAY(SELECT to_regclass(quote_ident(name)) FROM unnest($1::text[]) AS name))
ORDER BY 1, 2
