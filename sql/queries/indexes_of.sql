-- $1 a table. What its indexes and keys are called, how to drop each and how to make it again.
SELECT i.indexrelid::regclass::text AS name,
       CASE WHEN c.conname IS NULL THEN format('DROP INDEX %s', i.indexrelid::regclass)
            ELSE format('ALTER TABLE %s DROP CONSTRAINT %I', i.indrelid::regclass, c.conname)
       END AS without,
       CASE WHEN c.conname IS NULL THEN pg_get_indexdef(i.indexrelid)
            ELSE format('ALTER TABLE %s ADD CONSTRAINT %I %s',
                        i.indrelid::regclass, c.conname, pg_get_constraintdef(c.oid))
       END AS anew
FROM pg_index i
LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.conrelid = i.indrelid
WHERE i.indrelid = $1::text::regclass
ORDER BY i.indexrelid
