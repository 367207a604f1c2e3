CREATE TABLE starter_packs (
    uri         text COLLATE "C" PRIMARY KEY,
    cid         text COLLATE "C" NOT NULL,
    creator_did text COLLATE "C" NOT NULL,
    name        text NOT NULL,
    description text,
    list_uri    text COLLATE "C",
    feeds       jsonb NOT NULL DEFAULT '[]',  -- URIs of feed generators
    created_at  timestamptz NOT NULL,
    indexed_at  timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX starter_packs_creator ON starter_packs (creator_did);
