-- An item takes effect when its list is known: readers join the two.
CREATE TABLE list_items (
    uri         text COLLATE "C" PRIMARY KEY,
    cid         text COLLATE "C" NOT NULL,
    list_uri    text COLLATE "C" NOT NULL,
    subject_did text COLLATE "C" NOT NULL,
    created_at  timestamptz NOT NULL,
    indexed_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT list_items_edge UNIQUE (list_uri, subject_did)
);

-- Readers: the lists an account is on.
CREATE INDEX list_items_subject ON list_items (subject_did);
