-- Whether any thread is muted. The table of mutes is the API server's: it may not exist, not be ours
-- to read, or not look as expected; then nothing is muted.
CREATE FUNCTION somebody_mutes_threads() RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF to_regclass('thread_mutes') IS NULL
        OR NOT has_table_privilege('thread_mutes', 'SELECT') OR 2 <> (
        SELECT count(*) FROM pg_attribute
        WHERE attrelid = to_regclass('thread_mutes')
          AND attname IN ('muter_did', 'thread_root_uri') AND NOT attisdropped
    ) THEN
        RETURN false;
    END IF;
    RETURN EXISTS (SELECT FROM thread_mutes);
END
$$;
