-- Readers append +0000 to the times they get, so every session speaks UTC unless it asks otherwise.
DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_db_role_setting s
        JOIN pg_database d ON d.oid = s.setdatabase
        WHERE d.datname = current_database() AND s.setrole = 0 AND 'TimeZone=UTC' = ANY (s.setconfig)
    ) THEN
        EXECUTE format('ALTER DATABASE %I SET timezone TO %L', current_database(), 'UTC');
    END IF;
END
$$
