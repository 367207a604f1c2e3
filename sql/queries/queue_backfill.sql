-- $1 DIDs, $2 the revision that each is said to stand at, or NULL, $3 who lists them, $4 whether old
-- records are told of. Returns those that have to be fetched: nobody who left or does not want to be
-- here, and nothing that is whole at that revision.
INSERT INTO resyncs (did, reason, tell, backfill)
SELECT did, 'backfill', $4, $3
FROM unnest($1::text[], $2::text[]) AS new (did, rev)
WHERE NOT EXISTS (
        SELECT FROM repos
        WHERE repos.did = new.did
          AND (NOT repos.active OR (repos.state = 'synchronized' AND repos.rev >= new.rev))
    )
  AND NOT EXISTS (
        SELECT FROM user_settings s WHERE s.user_did = new.did AND s.data_collection_forbidden
    )
ORDER BY did
ON CONFLICT (did) DO UPDATE
SET tell = resyncs.tell OR excluded.tell, backfill = excluded.backfill,
    due = CASE WHEN $3 = 'named' THEN least(resyncs.due, now()) ELSE resyncs.due END
RETURNING did
