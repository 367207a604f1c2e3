-- What was resolved, so that a restart does not ask the network again.
CREATE TABLE identities (
    did         text COLLATE "C" PRIMARY KEY,
    handle      text COLLATE "C",
    pds         text COLLATE "C",
    signing_key text COLLATE "C",
    resolved_at timestamptz NOT NULL DEFAULT now()
);
