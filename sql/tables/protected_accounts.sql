-- Accounts whose content is kept, however old. Rows may be put in by hand; what was deleted before
-- comes back with `indexer retention protect`, which has their repos fetched.
CREATE TABLE protected_accounts (
    did        text COLLATE "C" PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now()
);
