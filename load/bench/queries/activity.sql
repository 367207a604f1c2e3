-- Who is connected or works for the server, and what each waits for now.
SELECT pid, backend_type, application_name, state, wait_event_type, wait_event
FROM pg_stat_activity
WHERE pid <> pg_backend_pid()
  AND (datname IS NULL OR datname = current_database())
