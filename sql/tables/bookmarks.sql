CREATE TABLE bookmarks (
    uri         text COLLATE "C" PRIMARY KEY,
    cid         text COLLATE "C",
    user_did    text COLLATE "C" NOT NULL,
    post_uri    text COLLATE "C" NOT NULL,
    created_at  timestamptz NOT NULL,
    indexed_at  timestamptz NOT NULL DEFAULT now(),
    commit_rev  text COLLATE "C",           -- NULL: stored ahead of its commit, by a reader
    CONSTRAINT bookmarks_edge UNIQUE (user_did, post_uri)
);

-- Ours: how many bookmarks a post has, counted again.
CREATE INDEX bookmarks_post ON bookmarks (post_uri);
