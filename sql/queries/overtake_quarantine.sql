-- $1 records that are written, $2 the rev of each. What was kept aside of them before is past.
UPDATE quarantine
SET overtaken = true
FROM unnest($1::text[], $2::text[]) AS op (uri, rev)
WHERE quarantine.uri = ANY($1::text[]) AND NOT overtaken
  AND quarantine.uri = op.uri AND quarantine.rev < op.rev
