-- What the current schema holds, a line a thing, whichever way it came about: columns by name, for a
-- migration adds them at the end.
SELECT format('%s %s: %s', CASE c.relkind WHEN 'v' THEN 'view' WHEN 'S' THEN 'sequence' ELSE 'table' END,
              c.relname, coalesce(c.reloptions::text, '')) AS line
FROM pg_class c WHERE c.relnamespace = current_schema::regnamespace AND c.relkind IN ('r', 'v', 'S', 'p', 'm')
UNION ALL
SELECT format('column %s.%s: %s%s%s%s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
              CASE WHEN a.attcollation <> t.typcollation THEN ' COLLATE ' || l.collname ELSE '' END,
              CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END,
              CASE a.attgenerated WHEN '' THEN '' ELSE ' GENERATED' END,
              CASE a.attidentity WHEN '' THEN '' ELSE ' IDENTITY ' || a.attidentity::text END,
              ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid))
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_collation l ON l.oid = a.attcollation
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = current_schema::regnamespace AND c.relkind IN ('r', 'p')
UNION ALL
SELECT format('constraint %s of %s: %s', n.conname, n.conrelid::regclass, pg_get_constraintdef(n.oid))
FROM pg_constraint n WHERE n.connamespace = current_schema::regnamespace AND n.contype <> 'n'
UNION ALL
SELECT format('index: %s', pg_get_indexdef(i.indexrelid))
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relnamespace = current_schema::regnamespace
UNION ALL
SELECT format('trigger: %s', pg_get_triggerdef(g.oid)) || g.tgenabled::text
FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
WHERE c.relnamespace = current_schema::regnamespace AND NOT g.tgisinternal
UNION ALL
SELECT format('function: %s', pg_get_functiondef(p.oid))
FROM pg_proc p
WHERE p.pronamespace = current_schema::regnamespace AND p.prokind = 'f'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
UNION ALL
SELECT format('view %s: %s', c.relname, pg_get_viewdef(c.oid))
FROM pg_class c WHERE c.relnamespace = current_schema::regnamespace AND c.relkind = 'v'
UNION ALL
SELECT format('extension %s in %s', e.extname, e.extnamespace::regnamespace) FROM pg_extension e
ORDER BY 1
