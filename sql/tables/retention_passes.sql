-- Walks over all content that take away what has grown too old, page by page: how far each has come.
CREATE TABLE retention_passes (
    number  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    horizon timestamptz NOT NULL,           -- what is older goes
    place   text COLLATE "C" NOT NULL,      -- the table that it is at
    page    bigint NOT NULL DEFAULT 0,      -- of that table, the first it has yet to look at
    removed bigint NOT NULL DEFAULT 0,      -- rows
    began   timestamptz NOT NULL DEFAULT now(),
    ended   timestamptz
);

-- One at a time, whoever walks.
CREATE UNIQUE INDEX retention_passes_under_way ON retention_passes ((true)) WHERE ended IS NULL;
