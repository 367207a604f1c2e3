CREATE TABLE reposts (
    uri         text COLLATE "C" PRIMARY KEY,
    cid         text COLLATE "C",
    user_did    text COLLATE "C" NOT NULL,
    post_uri    text COLLATE "C" NOT NULL,
    subject_cid text COLLATE "C",
    via         jsonb,
    via_uri     text COLLATE "C",           -- of the repost in via
    created_at  timestamptz NOT NULL,
    sort_at     timestamptz GENERATED ALWAYS AS (LEAST(created_at, commit_time)) STORED,
    indexed_at  timestamptz NOT NULL DEFAULT now(),
    commit_time timestamptz,
    commit_seq  bigint,
    commit_rev  text COLLATE "C",           -- NULL: stored ahead of its commit, by a reader
    CONSTRAINT reposts_edge UNIQUE (user_did, post_uri)
);

-- Who reposted this; and our own: the notices of a post that comes or goes.
CREATE INDEX reposts_post ON reposts (post_uri);
-- Readers: an account's feed, and everybody's, through feed_items.
CREATE INDEX reposts_feed ON reposts (user_did, sort_at);
CREATE INDEX reposts_sort ON reposts (sort_at);
-- Ours: the notices of a repost that comes or goes.
CREATE INDEX reposts_via ON reposts (via_uri) WHERE via_uri IS NOT NULL;
