CREATE TABLE posts (
    uri                      text COLLATE "C" PRIMARY KEY,
    cid                      text COLLATE "C" NOT NULL,
    author_did               text COLLATE "C" NOT NULL,
    text                     text NOT NULL,
    langs                    jsonb,
    parent_uri               text COLLATE "C",
    parent_cid               text COLLATE "C",
    root_uri                 text COLLATE "C",
    root_cid                 text COLLATE "C",
    embed                    jsonb,
    facets                   jsonb,
    tags                     jsonb NOT NULL DEFAULT '[]',
    violates_thread_gate     boolean NOT NULL DEFAULT false,
    violates_embedding_rules boolean NOT NULL DEFAULT false,
    has_thread_gate          boolean NOT NULL DEFAULT false,
    has_post_gate            boolean NOT NULL DEFAULT false,
    -- Over what may be a path, a tag or an address the parser goes again at every character of it: a
    -- long "a_a_a_…" takes minutes. A post of legal length has 3,000 bytes.
    search_vector            tsvector GENERATED ALWAYS AS (
        to_tsvector('simple', translate(left(text, 10000), '_~/<@', '     '))
    ) STORED,
    created_at               timestamptz NOT NULL,
    sort_at                  timestamptz GENERATED ALWAYS AS (LEAST(created_at, commit_time)) STORED,
    indexed_at               timestamptz NOT NULL DEFAULT now(),
    commit_time              timestamptz,
    commit_seq               bigint,
    commit_rev               text COLLATE "C"  -- NULL: stored ahead of its commit, by a reader
);

-- An author's feed; and our own: the posts below a post that comes or goes, a thread as a whole.
CREATE INDEX posts_author ON posts (author_did, sort_at);
CREATE INDEX posts_parent ON posts (parent_uri) WHERE parent_uri IS NOT NULL;
CREATE INDEX posts_root ON posts (root_uri, uri) WHERE root_uri IS NOT NULL;
-- Ours: what one account wrote in the threads of another, when they follow or unfollow one another.
CREATE INDEX posts_thread ON posts (split_part(root_uri, '/', 3), author_did)
    WHERE root_uri IS NOT NULL;
-- Readers: what is new, and search.
CREATE INDEX posts_sort ON posts (sort_at);
CREATE INDEX posts_search ON posts USING gin (search_vector);
