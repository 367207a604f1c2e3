-- Subjects that effects wait for, and accounts to resolve. One row per subject.
CREATE TABLE pending (
    subject    text COLLATE "C" PRIMARY KEY,  -- a record's URI or a DID
    kind       text COLLATE "C" NOT NULL,     -- the collection, or 'user'
    first_seen timestamptz NOT NULL DEFAULT now(),
    attempts   integer NOT NULL DEFAULT 0,    -- that failed
    due        timestamptz NOT NULL DEFAULT now(),
    expires    timestamptz NOT NULL,
    prodded    timestamptz,                   -- when it was said to be another than was known, last
    claimed    boolean NOT NULL DEFAULT false -- somebody asks for it until it is due
);

-- Accounts come first.
CREATE INDEX pending_users_due ON pending (due) WHERE kind = 'user';
CREATE INDEX pending_records_due ON pending (due) WHERE kind <> 'user';
CREATE INDEX pending_expires ON pending (expires);
CREATE INDEX pending_kind ON pending (kind, first_seen);
