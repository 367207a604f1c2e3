-- $1 a DID.
SELECT frame, received_us FROM held_commits WHERE did = $1 ORDER BY rev
