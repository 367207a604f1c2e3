-- Lists of repos that are being worked off; one that is done is gone.
CREATE TABLE backfills (
    source   text COLLATE "C" PRIMARY KEY,      -- the host that lists them
    cursor   text,                              -- of its next page; NULL: the first
    listed   bigint NOT NULL DEFAULT 0,         -- repos on the pages before
    complete boolean NOT NULL DEFAULT false,    -- there is no next page
    begun    timestamptz NOT NULL DEFAULT now()
);
