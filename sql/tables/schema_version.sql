-- Which files made this database: `schema` for tables/ and views/, and every migration by name.
CREATE TABLE schema_version (
    name        text PRIMARY KEY,
    checksum    text NOT NULL,
    applied_at  timestamptz NOT NULL DEFAULT now()
);
