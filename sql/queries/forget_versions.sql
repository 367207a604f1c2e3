-- $1 names of files that are no part of the schema any more.
DELETE FROM schema_version WHERE name = ANY($1::text[])
