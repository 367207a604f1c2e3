CREATE TABLE list_blocks (
    uri         text COLLATE "C" PRIMARY KEY,
    cid         text COLLATE "C",
    blocker_did text COLLATE "C" NOT NULL,
    list_uri    text COLLATE "C" NOT NULL,
    created_at  timestamptz NOT NULL,
    indexed_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT list_blocks_edge UNIQUE (blocker_did, list_uri)
);

-- Ours: whether anybody still waits for a list.
CREATE INDEX list_blocks_list ON list_blocks (list_uri);
