-- $1 a DID, whose row in `repos` is locked. Begins to fetch its repo, under a new token. What is held
-- back of it stays so if another fetching got no further than that.
WITH fetching AS (
    UPDATE repos SET state = 'fetching' WHERE did = $1
), kept AS (
    SELECT count(*) AS held FROM held_commits WHERE did = $1
)
UPDATE resyncs
SET token = nextval('resync_tokens'), parts = 0, complete = false, held = kept.held
FROM kept
WHERE did = $1
RETURNING token
