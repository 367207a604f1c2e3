-- The tables of the older system, as it creates them, and some of the API server's.
CREATE TABLE users (
    did             varchar(255) PRIMARY KEY,
    handle          varchar(255) NOT NULL DEFAULT 'handle.invalid',
    display_name    varchar(255),
    avatar_url      text,
    banner_url      text,
    description     text,
    profile_record  jsonb,
    pinned_post     json,
    search_vector   tsvector,
    created_at      timestamp NOT NULL DEFAULT now(),
    indexed_at      timestamp NOT NULL DEFAULT now()
);
CREATE INDEX idx_users_handle ON users (handle);
CREATE INDEX idx_users_search ON users USING gin (search_vector);

CREATE TABLE posts (
    uri                      varchar(512) PRIMARY KEY,
    cid                      varchar(255) NOT NULL,
    author_did               varchar(255) NOT NULL,
    text                     text NOT NULL,
    langs                    json,
    parent_uri               varchar(512),
    parent_cid               varchar(255),
    root_uri                 varchar(512),
    root_cid                 varchar(255),
    embed                    jsonb,
    facets                   jsonb,
    tags                     jsonb NOT NULL DEFAULT '[]',
    violates_thread_gate     boolean NOT NULL DEFAULT false,
    violates_embedding_rules boolean NOT NULL DEFAULT false,
    has_thread_gate          boolean NOT NULL DEFAULT false,
    has_post_gate            boolean NOT NULL DEFAULT false,
    search_vector            tsvector,
    created_at               timestamp NOT NULL,
    indexed_at               timestamp NOT NULL DEFAULT now(),
    commit_time              timestamp,
    commit_seq               bigint,
    commit_rev               varchar(64)
);
CREATE INDEX idx_posts_author ON posts (author_did);
CREATE INDEX idx_posts_search ON posts USING gin (search_vector);

CREATE TABLE feed_items (
    uri            varchar(512) PRIMARY KEY,
    post_uri       varchar(512) NOT NULL,
    originator_did varchar(255) NOT NULL,
    type           varchar(32) NOT NULL,
    sort_at        timestamp NOT NULL,
    cid            varchar(255) NOT NULL,
    created_at     timestamp NOT NULL,
    indexed_at     timestamp NOT NULL DEFAULT now()
);

CREATE TABLE post_aggregations (
    post_uri       varchar(512) PRIMARY KEY,
    like_count     integer NOT NULL DEFAULT 0,
    repost_count   integer NOT NULL DEFAULT 0,
    reply_count    integer NOT NULL DEFAULT 0,
    bookmark_count integer NOT NULL DEFAULT 0,
    quote_count    integer NOT NULL DEFAULT 0,
    created_at     timestamp NOT NULL DEFAULT now(),
    updated_at     timestamp NOT NULL DEFAULT now()
);
CREATE INDEX idx_aggregations_likes ON post_aggregations (like_count);
CREATE INDEX idx_aggregations_reposts ON post_aggregations (repost_count);
CREATE INDEX idx_aggregations_replies ON post_aggregations (reply_count);
CREATE INDEX idx_aggregations_bookmarks ON post_aggregations (bookmark_count);
CREATE INDEX idx_aggregations_quotes ON post_aggregations (quote_count);

CREATE TABLE post_viewer_states (
    id                 serial PRIMARY KEY,
    post_uri           varchar(512) NOT NULL,
    viewer_did         varchar(255) NOT NULL,
    like_uri           varchar(512),
    repost_uri         varchar(512),
    bookmarked         boolean NOT NULL DEFAULT false,
    thread_muted       boolean NOT NULL DEFAULT false,
    reply_disabled     boolean NOT NULL DEFAULT false,
    embedding_disabled boolean NOT NULL DEFAULT false,
    pinned             boolean NOT NULL DEFAULT false,
    created_at         timestamp NOT NULL DEFAULT now(),
    updated_at         timestamp NOT NULL DEFAULT now(),
    UNIQUE (post_uri, viewer_did)
);

CREATE TABLE thread_contexts (
    post_uri             varchar(512) PRIMARY KEY,
    root_author_like_uri varchar(512),
    created_at           timestamp NOT NULL DEFAULT now(),
    updated_at           timestamp NOT NULL DEFAULT now()
);

CREATE TABLE likes (
    uri         varchar(512) PRIMARY KEY,
    user_did    varchar(255) NOT NULL,
    post_uri    varchar(512) NOT NULL,
    subject_cid varchar(255),
    via         jsonb,
    created_at  timestamp NOT NULL,
    indexed_at  timestamp NOT NULL DEFAULT now(),
    commit_time timestamp,
    commit_seq  bigint,
    commit_rev  varchar(64)
);
CREATE INDEX idx_likes_user_post ON likes (user_did, post_uri);

CREATE TABLE reposts (
    uri         varchar(512) PRIMARY KEY,
    user_did    varchar(255) NOT NULL,
    post_uri    varchar(512) NOT NULL,
    subject_cid varchar(255),
    via         jsonb,
    created_at  timestamp NOT NULL,
    indexed_at  timestamp NOT NULL DEFAULT now(),
    commit_time timestamp,
    commit_seq  bigint,
    commit_rev  varchar(64),
    UNIQUE (user_did, post_uri)
);

CREATE TABLE bookmarks (
    uri        varchar(512) PRIMARY KEY,
    user_did   varchar(255) NOT NULL,
    post_uri   varchar(512) NOT NULL,
    created_at timestamp NOT NULL,
    indexed_at timestamp NOT NULL DEFAULT now(),
    UNIQUE (user_did, post_uri)
);

CREATE TABLE quotes (
    uri        varchar(512) PRIMARY KEY,
    cid        varchar(255) NOT NULL,
    post_uri   varchar(512) NOT NULL,
    quoted_uri varchar(512) NOT NULL,
    quoted_cid varchar(255),
    created_at timestamp NOT NULL,
    indexed_at timestamp NOT NULL DEFAULT now(),
    UNIQUE (post_uri, quoted_uri)
);

CREATE TABLE follows (
    uri           varchar(512) PRIMARY KEY,
    follower_did  varchar(255) NOT NULL,
    following_did varchar(255) NOT NULL,
    created_at    timestamp NOT NULL,
    indexed_at    timestamp NOT NULL DEFAULT now(),
    commit_time   timestamp,
    commit_seq    bigint,
    commit_rev    varchar(64)
);

CREATE TABLE blocks (
    uri         varchar(512) PRIMARY KEY,
    blocker_did varchar(255) NOT NULL,
    blocked_did varchar(255) NOT NULL,
    created_at  timestamp NOT NULL,
    indexed_at  timestamp NOT NULL DEFAULT now(),
    commit_time timestamp,
    commit_seq  bigint,
    commit_rev  varchar(64)
);

CREATE TABLE list_blocks (
    uri         varchar(512) PRIMARY KEY,
    blocker_did varchar(255) NOT NULL,
    list_uri    varchar(512) NOT NULL,
    created_at  timestamp NOT NULL,
    indexed_at  timestamp NOT NULL DEFAULT now()
);

CREATE TABLE lists (
    uri         varchar(512) PRIMARY KEY,
    cid         varchar(255) NOT NULL,
    creator_did varchar(255) NOT NULL,
    name        varchar(255) NOT NULL,
    purpose     varchar(64) NOT NULL,
    description text,
    avatar_url  text,
    created_at  timestamp NOT NULL,
    indexed_at  timestamp NOT NULL DEFAULT now()
);

CREATE TABLE list_items (
    uri         varchar(512) PRIMARY KEY,
    cid         varchar(255) NOT NULL,
    list_uri    varchar(512) NOT NULL,
    subject_did varchar(255) NOT NULL,
    created_at  timestamp NOT NULL,
    indexed_at  timestamp NOT NULL DEFAULT now()
);

CREATE TABLE feed_generators (
    uri          varchar(512) PRIMARY KEY,
    cid          varchar(255) NOT NULL,
    creator_did  varchar(255) NOT NULL,
    did          varchar(255) NOT NULL,
    display_name varchar(255) NOT NULL,
    description  text,
    avatar_url   text,
    like_count   integer NOT NULL DEFAULT 0,
    created_at   timestamp NOT NULL,
    indexed_at   timestamp NOT NULL DEFAULT now()
);

CREATE TABLE labeler_services (
    uri         varchar(512) PRIMARY KEY,
    cid         varchar(255) NOT NULL,
    creator_did varchar(255) NOT NULL,
    policies    jsonb NOT NULL,
    like_count  integer NOT NULL DEFAULT 0,
    created_at  timestamp NOT NULL,
    indexed_at  timestamp NOT NULL DEFAULT now()
);

CREATE TABLE starter_packs (
    uri         varchar(512) PRIMARY KEY,
    cid         varchar(255) NOT NULL,
    creator_did varchar(255) NOT NULL,
    name        varchar(255) NOT NULL,
    description text,
    list_uri    varchar(512),
    feeds       jsonb NOT NULL DEFAULT '[]',
    created_at  timestamp NOT NULL,
    indexed_at  timestamp NOT NULL DEFAULT now()
);

CREATE TABLE verifications (
    uri         varchar(512) PRIMARY KEY,
    cid         varchar(255) NOT NULL,
    subject_did varchar(255) NOT NULL UNIQUE,
    handle      varchar(255) NOT NULL,
    verified_at timestamp NOT NULL,
    created_at  timestamp NOT NULL,
    indexed_at  timestamp NOT NULL DEFAULT now()
);

CREATE TABLE thread_gates (
    post_uri           varchar(512) PRIMARY KEY,
    owner_did          varchar(255) NOT NULL,
    allow_mentions     boolean NOT NULL DEFAULT false,
    allow_following    boolean NOT NULL DEFAULT false,
    allow_list_members boolean NOT NULL DEFAULT false,
    allow_list_uris    jsonb NOT NULL DEFAULT '[]',
    created_at         timestamp NOT NULL,
    updated_at         timestamp NOT NULL DEFAULT now()
);

CREATE TABLE post_gates (
    post_uri        varchar(512) PRIMARY KEY,
    embedding_rules jsonb NOT NULL,
    created_at      timestamp NOT NULL
);

CREATE TABLE generic_records (
    uri         varchar(512) PRIMARY KEY,
    cid         varchar(255) NOT NULL,
    author_did  varchar(255) NOT NULL,
    record_type varchar(255) NOT NULL,
    record      json NOT NULL,
    created_at  timestamp NOT NULL,
    indexed_at  timestamp NOT NULL DEFAULT now()
);

CREATE TABLE labels (
    uri        varchar(512) PRIMARY KEY,
    src        varchar(255) NOT NULL,
    subject    varchar(512) NOT NULL,
    val        varchar(128) NOT NULL,
    neg        boolean NOT NULL DEFAULT false,
    created_at timestamp NOT NULL,
    indexed_at timestamp NOT NULL DEFAULT now()
);

CREATE TABLE label_definitions (
    id                serial PRIMARY KEY,
    value             varchar(128) NOT NULL UNIQUE,
    description       text,
    severity          varchar(16) NOT NULL DEFAULT 'warn',
    localized_strings jsonb,
    created_at        timestamp NOT NULL DEFAULT now(),
    updated_at        timestamp NOT NULL DEFAULT now()
);

CREATE TABLE label_events (
    id         serial PRIMARY KEY,
    label_uri  varchar(512) NOT NULL,
    action     varchar(16) NOT NULL,
    created_at timestamp NOT NULL DEFAULT now()
);

CREATE TABLE notifications (
    id             serial PRIMARY KEY,
    uri            varchar(512) NOT NULL UNIQUE,
    recipient_did  varchar(255) NOT NULL,
    author_did     varchar(255) NOT NULL,
    reason         varchar(32) NOT NULL,
    reason_subject varchar(512),
    cid            varchar(255),
    is_read        boolean NOT NULL DEFAULT false,
    created_at     timestamp NOT NULL,
    indexed_at     timestamp NOT NULL DEFAULT now()
);

CREATE TABLE user_settings (
    user_did                  varchar(255) PRIMARY KEY,
    data_collection_forbidden boolean NOT NULL DEFAULT false,
    blocked_keywords          jsonb NOT NULL DEFAULT '[]',
    muted_users               jsonb NOT NULL DEFAULT '[]',
    custom_lists              jsonb NOT NULL DEFAULT '[]',
    feed_preferences          jsonb NOT NULL DEFAULT '{}',
    last_backfill_at          timestamp,
    last_likes_backfill       timestamp,
    created_at                timestamp NOT NULL DEFAULT now(),
    updated_at                timestamp NOT NULL DEFAULT now()
);

CREATE TABLE firehose_cursor (
    id              serial PRIMARY KEY,
    service         varchar(255) NOT NULL UNIQUE,
    cursor          varchar(64),
    last_event_time timestamp,
    updated_at      timestamp NOT NULL DEFAULT now()
);

-- The API server's.
CREATE TABLE mutes (
    uri varchar(512) PRIMARY KEY, muter_did varchar(255) NOT NULL, muted_did varchar(255) NOT NULL
);
CREATE TABLE list_mutes (
    uri varchar(512) PRIMARY KEY, muter_did varchar(255) NOT NULL, list_uri varchar(512) NOT NULL
);
CREATE TABLE thread_mutes (
    uri varchar(512) PRIMARY KEY, muter_did varchar(255) NOT NULL,
    thread_root_uri varchar(512) NOT NULL, created_at timestamp NOT NULL DEFAULT now()
);
CREATE TABLE user_preferences (
    user_did    varchar(255) PRIMARY KEY REFERENCES users (did) ON DELETE CASCADE,
    preferences jsonb NOT NULL DEFAULT '[]'
);
CREATE TABLE sessions (
    id varchar(64) PRIMARY KEY, user_did varchar(255) NOT NULL REFERENCES users (did)
);
CREATE TABLE activity_subscriptions (
    uri varchar(512) PRIMARY KEY, subscriber_did varchar(255) NOT NULL, subject_did varchar(255) NOT NULL
);
