-- $1 a DID. What is held of it behind revision $2: $3 at most, and no more behind $4 bytes.
SELECT rev, frame, received_us
FROM (
    SELECT rev, frame, received_us,
           sum(octet_length(frame)) OVER (ORDER BY rev) - octet_length(frame) AS before
    FROM (
        SELECT rev, frame, received_us FROM held_commits
        WHERE did = $1 AND rev > $2 ORDER BY rev LIMIT $3
    ) AS next
) AS counted
WHERE before < $4
ORDER BY rev
