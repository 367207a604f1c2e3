-- How many sessions of ordinary users the server lets in.
SELECT sum(CASE name WHEN 'max_connections' THEN setting::int ELSE -setting::int END)::int
FROM pg_settings
WHERE name IN ('max_connections', 'superuser_reserved_connections', 'reserved_connections')
