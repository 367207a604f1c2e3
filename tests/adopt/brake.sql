-- Holds whoever begins a statement like that in brake.point, as long as somebody else has the lock; or
-- lets it pass, and holds it when it commits.
CREATE SCHEMA brake;
CREATE TABLE brake.point (statement text NOT NULL, at_commit boolean NOT NULL);
CREATE TABLE brake.passed (statement text NOT NULL);
CREATE FUNCTION brake.hold() RETURNS event_trigger LANGUAGE plpgsql SET lock_timeout = 0 AS $$
DECLARE
    at_commit boolean := (SELECT p.at_commit FROM brake.point p WHERE current_query() LIKE statement);
BEGIN
    IF at_commit THEN
        INSERT INTO brake.passed VALUES (current_query());
    ELSIF NOT at_commit THEN
        PERFORM pg_advisory_xact_lock(1);
    END IF;
END
$$;
CREATE FUNCTION brake.hold_at_commit() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = 0 AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1);
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER hold_at_commit AFTER INSERT ON brake.passed
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION brake.hold_at_commit();
CREATE EVENT TRIGGER brake ON ddl_command_start EXECUTE FUNCTION brake.hold();
