CREATE TABLE blocks (
    uri           text COLLATE "C" PRIMARY KEY,
    cid           text COLLATE "C",
    blocker_did   text COLLATE "C" NOT NULL,
    blocked_did   text COLLATE "C" NOT NULL,
    created_at    timestamptz NOT NULL,
    indexed_at    timestamptz NOT NULL DEFAULT now(),
    commit_time   timestamptz,
    commit_seq    bigint,
    commit_rev    text COLLATE "C",           -- NULL: stored ahead of its commit, by a reader
    CONSTRAINT blocks_edge UNIQUE (blocker_did, blocked_did)
);

-- Readers: who blocks this account.
CREATE INDEX blocks_blocked ON blocks (blocked_did);
