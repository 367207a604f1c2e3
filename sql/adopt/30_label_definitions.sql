-- Those of labelers come with their records; which of these are ours, nobody knows.
INSERT INTO own_label_definitions (
    value, description, severity, localized_strings, created_at, updated_at
)
SELECT value, description,
       CASE WHEN severity = 'inform' THEN 'info'
            WHEN severity IN ('info', 'alert', 'none') THEN severity ELSE 'warn' END,
       localized_strings, coalesce(created_at, now()), coalesce(updated_at, created_at, now())
FROM older.label_definitions WHERE refused IS NULL;
