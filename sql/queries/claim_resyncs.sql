-- $1 how many, $2 for how long they are nobody else's, $3 PDSs that are busy, $4 whether of those that
-- somebody asked for, or of all others: the longest due first. Where an account lives is known once it
-- has been resolved.
WITH next AS (
    SELECT did FROM resyncs
    WHERE (reason = 'backfill') = $4 AND due <= now()
      AND (SELECT i.pds FROM identities i WHERE i.did = resyncs.did) = ANY($3::text[]) IS NOT TRUE
    ORDER BY due
    LIMIT $1
    FOR UPDATE SKIP LOCKED
)
UPDATE resyncs SET due = now() + $2::interval
FROM next LEFT JOIN repos USING (did)
WHERE resyncs.did = next.did
RETURNING resyncs.did, tell, attempts, token, complete, repos.state = 'fetching' IS TRUE AS fetching,
    repos.active IS NOT FALSE AND (
        SELECT true FROM user_settings s
        WHERE s.user_did = next.did AND s.data_collection_forbidden
    ) IS NULL AS wanted
