-- $1 a DID, $2 the token of the fetching that has ended. A repo that is whole waits no longer; of
-- another, whoever fetched it has said when that is to be tried again.
WITH dropped AS (
    DELETE FROM held_commits WHERE did = $1
), done AS (
    DELETE FROM resyncs WHERE did = $1 AND token = $2 AND complete
)
UPDATE resyncs
SET token = NULL, parts = 0, held = 0
WHERE did = $1 AND token = $2 AND NOT complete
