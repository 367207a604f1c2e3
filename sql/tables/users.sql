-- Everybody who wrote a record or was named by one. The profile's columns come from
-- app.bsky.actor.profile, the handle from the resolver alone.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE users (
    did                       text COLLATE "C" PRIMARY KEY,
    handle                    text COLLATE "C" NOT NULL DEFAULT 'handle.invalid',
    display_name              text,
    avatar_url                text COLLATE "C",  -- the blob's CID; readers make the URL
    banner_url                text COLLATE "C",  -- likewise
    description               text,
    profile_record            jsonb,
    profile_cid               text COLLATE "C",
    profile_created_at        timestamptz,       -- the earlier of its createdAt and its arrival; NULL: old news
    pinned_post               jsonb,
    joined_via_starter_pack   text COLLATE "C",
    status                    text COLLATE "C",  -- of an account that is not active; else NULL
    -- As in posts: the parser takes minutes over some texts. Legal are 640 and 2,560 bytes.
    search_vector             tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', handle), 'A')
        || setweight(to_tsvector(
            'simple', translate(left(coalesce(display_name, ''), 10000), '_~/<@', '     ')
        ), 'B')
        || setweight(to_tsvector(
            'simple', translate(left(coalesce(description, ''), 10000), '_~/<@', '     ')
        ), 'C')
    ) STORED,
    created_at                timestamptz NOT NULL DEFAULT now(),
    indexed_at                timestamptz NOT NULL DEFAULT now()
);

-- Readers look accounts up by handle, also in part, and list the newest.
CREATE INDEX users_handle ON users (handle);
CREATE INDEX users_handle_trigram ON users USING gin (handle gin_trgm_ops)
    WHERE handle <> 'handle.invalid';
CREATE INDEX users_created_at ON users (created_at);
CREATE INDEX users_search ON users USING gin (search_vector);
-- Ours: who joined through a pack that arrives after them.
CREATE INDEX users_joined_via ON users (joined_via_starter_pack)
    WHERE joined_via_starter_pack IS NOT NULL;
