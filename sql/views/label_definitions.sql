-- What each label value means, as labelers define it; of several, the first by URI, and in it.
CREATE VIEW label_definitions AS
SELECT DISTINCT ON (value)
       hashtextextended(value, 0) AS id,
       value,
       localized -> 0 ->> 'description' AS description,
       CASE WHEN severity = 'inform' THEN 'info'
            WHEN severity IN ('info', 'alert', 'none') THEN severity
            ELSE 'warn' END AS severity,
       localized AS localized_strings,
       created_at,
       indexed_at AS updated_at
FROM (
    SELECT l.uri, at, l.created_at, l.indexed_at,
           definition ->> 'identifier' COLLATE "C" AS value,
           definition ->> 'severity' AS severity,
           definition -> 'locales' AS localized
    FROM labeler_service_records l,
         jsonb_path_query(l.policies, 'lax $.labelValueDefinitions[*]')
             WITH ORDINALITY AS defined (definition, at)
) defined
WHERE value IS NOT NULL
ORDER BY value, uri, at;
