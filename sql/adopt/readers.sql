-- $1 a schema, $2 names of its tables. The views of others that read them.
SELECT DISTINCT v.oid::regclass::text AS name
FROM pg_depend d
JOIN pg_rewrite w ON w.oid = d.objid AND d.classid = 'pg_rewrite'::regclass
JOIN pg_class v ON v.oid = w.ev_class
JOIN pg_class t ON t.oid = d.refobjid AND d.refclassid = 'pg_class'::regclass
WHERE t.relnamespace = quote_ident($1)::regnamespace AND t.relname = ANY($2::text[])
  AND NOT (v.relnamespace = t.relnamespace AND v.relname = ANY($2::text[]))
ORDER BY 1
