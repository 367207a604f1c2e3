CREATE TABLE thread_gates (
    post_uri           text COLLATE "C" PRIMARY KEY,
    uri                text COLLATE "C" NOT NULL,
    cid                text COLLATE "C" NOT NULL,
    owner_did          text COLLATE "C" NOT NULL,
    allow              jsonb,                        -- the rules; NULL: everybody, []: nobody
    allow_mentions     boolean NOT NULL,
    allow_following    boolean NOT NULL,
    allow_followers    boolean NOT NULL,
    allow_list_members boolean NOT NULL,
    allow_list_uris    jsonb NOT NULL DEFAULT '[]',
    hidden_replies     jsonb NOT NULL DEFAULT '[]',
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL DEFAULT now()
);

-- Ours: the gates that a change of a list concerns.
CREATE INDEX thread_gates_lists ON thread_gates USING gin (allow_list_uris)
    WHERE allow_list_members;
