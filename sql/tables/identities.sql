-- What was resolved, so that a restart does not ask the network again; and what a PLC export said.
CREATE TABLE identities (
    did               text COLLATE "C" PRIMARY KEY,
    handle            text COLLATE "C",  -- verified in both directions, and nobody else's
    claimed           text COLLATE "C",  -- by the document
    pds               text COLLATE "C",
    signing_key       text COLLATE "C",  -- as did:key, like the other
    labeler           text COLLATE "C",
    label_key         text COLLATE "C",
    gone              boolean NOT NULL DEFAULT false,      -- its directory has a tombstone
    resolved_at       timestamptz NOT NULL DEFAULT now(),  -- when it was asked; of a line: its createdAt
    handle_checked_at timestamptz,  -- NULL: the claimed handle was never verified nor refuted
    renew_at          timestamptz   -- NULL: only when somebody asks
);

-- Two who claim one handle meet here.
CREATE UNIQUE INDEX identities_handle ON identities (handle) WHERE handle IS NOT NULL;
CREATE INDEX identities_renewal ON identities (renew_at) WHERE renew_at IS NOT NULL;
