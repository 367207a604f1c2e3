-- Whether an account has muted the thread that a post stands in.
CREATE FUNCTION mutes_thread(account text, post text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT somebody_mutes_threads() THEN  -- else there may be no such table
        RETURN false;
    END IF;
    RETURN EXISTS (
        SELECT FROM thread_mutes
        WHERE muter_did = account
          AND thread_root_uri = coalesce((SELECT root_uri FROM posts WHERE uri = post), post)
    );
END
$$;
