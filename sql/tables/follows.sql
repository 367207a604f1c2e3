CREATE TABLE follows (
    uri           text COLLATE "C" PRIMARY KEY,
    cid           text COLLATE "C",
    follower_did  text COLLATE "C" NOT NULL,
    following_did text COLLATE "C" NOT NULL,
    created_at    timestamptz NOT NULL,
    indexed_at    timestamptz NOT NULL DEFAULT now(),
    commit_time   timestamptz,
    commit_seq    bigint,
    commit_rev    text COLLATE "C",           -- NULL: stored ahead of its commit, by a reader
    CONSTRAINT follows_edge UNIQUE (follower_did, following_did)
);

-- Readers: an account's followers.
CREATE INDEX follows_following ON follows (following_did);
