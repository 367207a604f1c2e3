-- What an earlier coordinator left behind: repos of which nobody knows that they have to be fetched,
-- and those that it was fetching.
WITH left_over AS (
    UPDATE resyncs SET due = now() WHERE token IS NOT NULL AND due > now()
)
INSERT INTO resyncs (did, reason)
SELECT did, 'left' FROM repos
WHERE state IN ('desynchronized', 'fetching') AND active
ORDER BY did
ON CONFLICT DO NOTHING
