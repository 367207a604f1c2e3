-- $1 values; NULL means all.
SELECT value, description, severity, localized_strings, created_at, updated_at
FROM label_definitions WHERE $1::text[] IS NULL OR value = ANY($1) ORDER BY value
