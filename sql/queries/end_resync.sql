-- $1 a DID, $2 the token of the fetching that has ended; nothing if it is another that goes on: what is
-- held back is that one's. A repo that is whole waits no longer. Of another, whoever fetched it has
-- said when that is to be tried again; what was held back may have shown that one that was whole no
-- longer is.
WITH ended AS (
    SELECT complete AND (SELECT state FROM repos WHERE did = $1) <> 'desynchronized' AS whole
    FROM resyncs WHERE did = $1 AND token = $2
    FOR UPDATE
), dropped AS (
    DELETE FROM held_commits USING ended WHERE did = $1
), done AS (
    DELETE FROM resyncs USING ended WHERE did = $1 AND token = $2 AND ended.whole
)
UPDATE resyncs
SET token = NULL, parts = 0, complete = false, held = 0
FROM ended
WHERE did = $1 AND token = $2 AND NOT ended.whole
