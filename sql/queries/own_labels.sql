-- $1 our DID, $2 the key after which, $3 how many.
SELECT uri, block, sig FROM labels
WHERE src = $1 AND block IS NOT NULL AND uri > $2 ORDER BY uri LIMIT $3
