-- $1 a DID whose records are gone. The row stays, for others may name it.
WITH unresolved AS (
    DELETE FROM identities WHERE did = $1
), to_be_fetched AS (
    DELETE FROM resyncs WHERE did = $1
), held AS (
    DELETE FROM held_commits WHERE did = $1
), forgotten AS (
    DELETE FROM quarantine WHERE did = $1
)
UPDATE users SET handle = 'handle.invalid' WHERE did = $1
