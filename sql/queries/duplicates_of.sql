-- $1 a DID, $2 how many: its records that are live but not the one that counts.
SELECT uri FROM duplicates
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
ORDER BY uri LIMIT $2
