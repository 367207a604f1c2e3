CREATE TABLE lists (
    uri         text COLLATE "C" PRIMARY KEY,
    cid         text COLLATE "C" NOT NULL,
    creator_did text COLLATE "C" NOT NULL,
    name        text NOT NULL,
    purpose     text COLLATE "C" NOT NULL,
    description text,
    avatar_url  text COLLATE "C",  -- the blob's CID; readers make the URL
    created_at  timestamptz NOT NULL,
    indexed_at  timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX lists_creator ON lists (creator_did);
CREATE INDEX lists_purpose ON lists (purpose);
