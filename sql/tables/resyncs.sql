-- Repos to be fetched whole: those that went on without us, and those that somebody asked for.
CREATE TABLE resyncs (
    did        text COLLATE "C" PRIMARY KEY,
    reason     text COLLATE "C" NOT NULL,
    tell       boolean NOT NULL DEFAULT false,  -- whether old records make notices, too
    backfill   text COLLATE "C",                -- the list that it stands on, if somebody asked for it
    first_seen timestamptz NOT NULL DEFAULT now(),
    attempts   integer NOT NULL DEFAULT 0,      -- that failed
    due        timestamptz NOT NULL DEFAULT now(),
    -- While the repo is being fetched, and its state is `fetching`:
    token      bigint,                          -- another for every fetching
    parts      integer NOT NULL DEFAULT 0,      -- of the difference that are applied
    complete   boolean NOT NULL DEFAULT false,  -- the last one is
    held       integer NOT NULL DEFAULT 0       -- commits that wait for its end
);

CREATE INDEX resyncs_due ON resyncs ((reason = 'backfill'), due);
CREATE INDEX resyncs_backfill ON resyncs (backfill) WHERE backfill IS NOT NULL;
CREATE INDEX resyncs_failed ON resyncs (did) WHERE attempts > 0;
CREATE INDEX resyncs_under_way ON resyncs (did) INCLUDE (held) WHERE token IS NOT NULL;
CREATE SEQUENCE resync_tokens;
