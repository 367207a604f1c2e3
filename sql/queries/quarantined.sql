-- $1 an id. `unclear`: something later of the account is kept aside of which there is no telling
-- what it would have changed.
SELECT q.id, q.source, q.seq, q.did, q.uri, q.reason, q.detail, q.frame, q.record, q.rev, q.time,
       q.overtaken,
       EXISTS (
           SELECT FROM quarantine later
           WHERE later.did = q.did AND later.uri IS NULL
             AND (later.rev > q.rev OR (later.rev IS NULL AND later.id > q.id))
       ) AS unclear
FROM quarantine q
WHERE q.id = $1
