-- What each label value means: as our moderators say, else as labelers define it; of several of
-- those, the first by URI, and in it.
CREATE VIEW label_definitions AS
SELECT DISTINCT ON (value)
       hashtextextended(value, 0) AS id,
       value,
       description,
       severity,
       localized_strings,
       created_at,
       updated_at
FROM (
    SELECT '' AS uri, 0::bigint AS at, value, description, severity, localized_strings,
           created_at, updated_at
    FROM own_label_definitions
    UNION ALL
    SELECT l.uri, at,
           definition ->> 'identifier' COLLATE "C",
           definition -> 'locales' -> 0 ->> 'description',
           CASE WHEN definition ->> 'severity' = 'inform' THEN 'info'
                WHEN definition ->> 'severity' IN ('info', 'alert', 'none')
                    THEN definition ->> 'severity'
                ELSE 'warn' END,
           definition -> 'locales',
           l.created_at, l.indexed_at
    FROM labeler_service_records l,
         jsonb_path_query(l.policies, 'lax $.labelValueDefinitions[*]')
             WITH ORDINALITY AS defined (definition, at)
) defined
WHERE value IS NOT NULL
ORDER BY value, uri, at;
