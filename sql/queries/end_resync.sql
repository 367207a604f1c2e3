-- $1 a DID, $2 the token of the fetching that has ended. A repo that is whole waits no longer. Of
-- another, whoever fetched it has said when that is to be tried again; what was held back may have
-- shown that one that was whole no longer is.
WITH dropped AS (
    DELETE FROM held_commits WHERE did = $1
), whole AS (
    SELECT complete AND (SELECT state FROM repos WHERE did = $1) <> 'desynchronized' AS now
    FROM resyncs WHERE did = $1
), done AS (
    DELETE FROM resyncs USING whole WHERE did = $1 AND token = $2 AND whole.now
)
UPDATE resyncs
SET token = NULL, parts = 0, complete = false, held = 0
FROM whole
WHERE did = $1 AND token = $2 AND NOT whole.now
