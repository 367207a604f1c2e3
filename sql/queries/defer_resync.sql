-- $1 a DID, $2 how many attempts more have failed, $3 how long until the next.
UPDATE resyncs SET attempts = attempts + $2, due = now() + $3::interval WHERE did = $1
