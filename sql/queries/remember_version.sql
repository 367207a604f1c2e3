-- $1 name, $2 checksum.
INSERT INTO schema_version (name, checksum)
VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE
SET checksum = excluded.checksum, applied_at = now()
WHERE schema_version.checksum <> excluded.checksum
