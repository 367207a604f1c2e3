-- What is NULL stays as it is.
UPDATE own_label_definitions
SET description = coalesce($2, description), severity = coalesce($3, severity),
    localized_strings = coalesce($4::jsonb, localized_strings), updated_at = now()
WHERE value = $1
RETURNING value
