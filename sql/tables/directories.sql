-- How far the exported log of each directory was imported, from its beginning.
CREATE TABLE directories (
    url     text COLLATE "C" PRIMARY KEY,
    seen_to timestamptz NOT NULL  -- createdAt of the last line
);
