CREATE TABLE likes (
    uri         text COLLATE "C" PRIMARY KEY,
    cid         text COLLATE "C",
    user_did    text COLLATE "C" NOT NULL,
    post_uri    text COLLATE "C" NOT NULL,  -- a post, feed generator or labeler
    subject_cid text COLLATE "C",
    via         jsonb,
    via_uri     text COLLATE "C",           -- of the repost in via
    created_at  timestamptz NOT NULL,
    indexed_at  timestamptz NOT NULL DEFAULT now(),
    commit_time timestamptz,
    commit_seq  bigint,
    commit_rev  text COLLATE "C",           -- NULL: stored ahead of its commit, by a reader
    CONSTRAINT likes_edge UNIQUE (user_did, post_uri)
);

-- Who likes this; and our own: the notices of a post that comes or goes.
CREATE INDEX likes_post ON likes (post_uri);
-- Ours: the notices of a repost that comes or goes.
CREATE INDEX likes_via ON likes (via_uri) WHERE via_uri IS NOT NULL;
