-- $1 accounts of which commits were missed, $2 the rev of the first one behind those. What was kept
-- aside before may have been changed or deleted.
UPDATE quarantine
SET overtaken = true
FROM unnest($1::text[], $2::text[]) AS missed (did, rev)
WHERE quarantine.did = ANY($1::text[]) AND NOT overtaken
  AND quarantine.did = missed.did AND quarantine.rev < missed.rev
