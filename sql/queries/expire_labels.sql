-- $1 how many at once. Those that ended by now; the trigger tells.
UPDATE labels SET expired = true
WHERE uri = ANY(ARRAY(
    SELECT uri FROM labels WHERE exp IS NOT NULL AND NOT expired AND exp <= now() AND NOT neg
    ORDER BY uri LIMIT $1 FOR UPDATE SKIP LOCKED
)) AND NOT neg AND NOT expired AND exp <= now()
