-- $1 a DID. What is held of it behind revision $2, $3 at most.
SELECT rev, frame, received_us FROM held_commits WHERE did = $1 AND rev > $2 ORDER BY rev LIMIT $3
