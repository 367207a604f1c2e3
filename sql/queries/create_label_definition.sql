INSERT INTO own_label_definitions (value, description, severity, localized_strings)
VALUES ($1, $2, $3, $4::jsonb)
ON CONFLICT DO NOTHING
RETURNING value
