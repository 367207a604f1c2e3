-- file: tables/backfills.sql
-- Lists of repos that are being worked off; one that is done is gone.
CREATE TABLE backfills (
    source   text COLLATE "C" PRIMARY KEY,      -- the host that lists them
    cursor   text,                              -- of its next page; NULL: the first
    listed   bigint NOT NULL DEFAULT 0,         -- repos on the pages before
    complete boolean NOT NULL DEFAULT false,    -- there is no next page
    begun    timestamptz NOT NULL DEFAULT now()
);
-- file: tables/blocks.sql
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
-- file: tables/bookmarks.sql
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
-- file: tables/directories.sql
-- How far the exported log of each directory was imported, from its beginning.
CREATE TABLE directories (
    url     text COLLATE "C" PRIMARY KEY,
    seen_to timestamptz NOT NULL  -- createdAt of the last line
);
-- file: tables/duplicates.sql
-- Records that are live but not the one that counts: the same edge exists with a smaller URI.
CREATE TABLE duplicates (
    uri        text COLLATE "C" PRIMARY KEY,
    kept_from  text COLLATE "C" NOT NULL,    -- the table that the row would stand in
    edge       text[] COLLATE "C" NOT NULL,  -- the columns that make the edge
    row        jsonb NOT NULL,
    indexed_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX duplicates_edge ON duplicates (kept_from, edge);
-- file: tables/feed_generator_records.sql
-- Readers see the view feed_generators, which adds the count of likes.
CREATE TABLE feed_generator_records (
    uri          text COLLATE "C" PRIMARY KEY,
    cid          text COLLATE "C" NOT NULL,
    creator_did  text COLLATE "C" NOT NULL,
    did          text COLLATE "C" NOT NULL,
    display_name text NOT NULL,
    description  text,
    avatar_url   text COLLATE "C",  -- the blob's CID; readers make the URL
    created_at   timestamptz NOT NULL,
    indexed_at   timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX feed_generator_records_creator ON feed_generator_records (creator_did);
-- file: tables/firehose_cursor.sql
-- Per source, the highest sequence number such that it and all before it are committed.
CREATE TABLE firehose_cursor (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service         text COLLATE "C" NOT NULL UNIQUE,  -- host and path of the relay
    cursor          bigint,
    last_event_time timestamptz,
    updated_at      timestamptz NOT NULL DEFAULT now()
);
-- file: tables/follows.sql
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
-- file: tables/gaps.sql
-- Stretches of a source that were lost to us.
CREATE TABLE gaps (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source     text COLLATE "C" NOT NULL,
    after_seq  bigint,
    after_time timestamptz,
    until_seq  bigint,
    until_time timestamptz,
    reason     text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
-- file: tables/generic_records.sql
CREATE TABLE generic_records (
    uri         text COLLATE "C" PRIMARY KEY,
    cid         text COLLATE "C" NOT NULL,
    author_did  text COLLATE "C" NOT NULL,
    record_type text COLLATE "C" NOT NULL,
    record      jsonb NOT NULL,
    created_at  timestamptz NOT NULL,
    indexed_at  timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX generic_records_author ON generic_records (author_did);
CREATE INDEX generic_records_type ON generic_records (record_type);
-- file: tables/held_commits.sql
-- What came of a repo while it was being fetched: to be applied behind that.
CREATE TABLE held_commits (
    did         text COLLATE "C",
    rev         text COLLATE "C",
    frame       bytea NOT NULL,
    received_us bigint NOT NULL,  -- when it came, in microseconds since 1970
    PRIMARY KEY (did, rev)
);
-- file: tables/identities.sql
-- What was resolved, so that a restart does not ask the network again; and what a PLC export said.
CREATE TABLE identities (
    did               text COLLATE "C" PRIMARY KEY,
    handle            text COLLATE "C",  -- verified in both directions, and nobody else's
    claimed           text COLLATE "C",  -- by the document
    pds               text COLLATE "C",
    signing_key       text COLLATE "C",  -- as did:key, like the other
    labeler           text COLLATE "C",
    label_key         text COLLATE "C",
    gone              boolean NOT NULL DEFAULT false,      -- its directory has a tombstone
    resolved_at       timestamptz NOT NULL DEFAULT now(),  -- when it was asked; of a line: its createdAt
    handle_checked_at timestamptz,  -- NULL: the claimed handle was never verified nor refuted
    renew_at          timestamptz   -- NULL: only when somebody asks
);

-- Two who claim one handle meet here.
CREATE UNIQUE INDEX identities_handle ON identities (handle) WHERE handle IS NOT NULL;
CREATE INDEX identities_renewal ON identities (renew_at) WHERE renew_at IS NOT NULL;
-- file: tables/judgements.sql
CREATE SEQUENCE judgement_numbers;

-- Posts below a gate whose verdict may have changed: to be judged anew.
CREATE TABLE judgements (
    post_uri   text COLLATE "C" NOT NULL,      -- the post that is guarded
    author_did text COLLATE "C" NOT NULL,      -- of the posts to judge; '': everybody's
    number     bigint NOT NULL DEFAULT nextval('judgement_numbers'),  -- another when it is reopened
    since      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (post_uri, author_did)
);
-- file: tables/label_cursors.sql
-- How far each labeler's stream is read. A number means nothing at another endpoint.
CREATE TABLE label_cursors (
    did        text COLLATE "C",
    endpoint   text COLLATE "C",
    cursor     bigint NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (did, endpoint)
);
-- file: tables/label_events.sql
-- What happened to labels. An event outlives its label, and carries what subscribers get of it.
CREATE TABLE label_events (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    label_uri  text COLLATE "C" NOT NULL,
    action     text COLLATE "C" NOT NULL CHECK (action IN ('created', 'deleted')),
    created_at timestamptz NOT NULL DEFAULT now(),
    -- In the order of commits, which ids are not: two writers take theirs before either commits.
    seq        bigint UNIQUE,
    src        text COLLATE "C" NOT NULL,
    block      bytea,  -- as in labels; NULL where there is nothing to tell a subscriber
    sig        bytea
);

CREATE INDEX label_events_unnumbered ON label_events (id) WHERE seq IS NULL;
CREATE INDEX label_events_told ON label_events (src, seq) WHERE block IS NOT NULL;
-- When a label was last said, though its row may be gone.
CREATE INDEX label_events_label ON label_events (label_uri, id);

-- One row: the number given last, and the highest that was cut off. Whoever numbers locks it.
CREATE TABLE label_log (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    seq    bigint NOT NULL DEFAULT 0,
    cut    bigint NOT NULL DEFAULT 0
);
INSERT INTO label_log DEFAULT VALUES;

-- A trigger, for labels have several writers and none may forget. A negation and an expiry have
-- told already that the label does not hold when its row goes.
CREATE FUNCTION log_label_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO label_events (label_uri, action, src)
        SELECT uri, 'deleted', src FROM changed WHERE NOT neg AND NOT expired ORDER BY uri;
    ELSE
        INSERT INTO label_events (label_uri, action, src, block, sig)
        SELECT uri, CASE WHEN neg OR expired THEN 'deleted' ELSE 'created' END, src,
               CASE WHEN NOT expired THEN block END, CASE WHEN NOT expired THEN sig END
        FROM changed ORDER BY uri;
    END IF;
    IF FOUND THEN
        PERFORM pg_notify('label_events', '');
    END IF;
    RETURN NULL;
END
$$;
-- file: tables/labeler_service_records.sql
-- Readers see the view labeler_services, which adds the count of likes.
CREATE TABLE labeler_service_records (
    uri         text COLLATE "C" PRIMARY KEY,
    cid         text COLLATE "C" NOT NULL,
    creator_did text COLLATE "C" NOT NULL,
    policies    jsonb NOT NULL,
    created_at  timestamptz NOT NULL,
    indexed_at  timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX labeler_service_records_creator ON labeler_service_records (creator_did);
-- file: tables/labels.sql
-- Kept as records (uri is the record's), or said by a labeler: its stream's or our own. Of those
-- there is one row an identity (src, subject, val), and uri is made of it: `label:…`.
CREATE TABLE labels (
    uri        text COLLATE "C" PRIMARY KEY,
    src        text COLLATE "C" NOT NULL,
    subject    text COLLATE "C" NOT NULL,
    val        text COLLATE "C" NOT NULL,
    neg        boolean NOT NULL DEFAULT false,
    cid        text COLLATE "C",           -- the version of the subject that was meant
    exp        timestamptz,
    sig        bytea,
    created_at timestamptz NOT NULL,
    indexed_at timestamptz NOT NULL DEFAULT now(),
    -- What was signed: DAG-CBOR without sig. NULL for what is kept as a record.
    block      bytea,
    -- In the labeler's stream: of two with equal times the later counts.
    seq        bigint NOT NULL DEFAULT 0,
    -- Whether an event has told so.
    expired    boolean NOT NULL DEFAULT false
);

CREATE INDEX labels_subject ON labels (subject, val);
CREATE INDEX labels_identity ON labels (src, subject, val);
CREATE INDEX labels_expiring ON labels (exp) WHERE exp IS NOT NULL AND NOT expired;
CREATE TRIGGER label_created AFTER INSERT ON labels
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION log_label_event();
CREATE TRIGGER label_changed AFTER UPDATE ON labels
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION log_label_event();
CREATE TRIGGER label_deleted AFTER DELETE ON labels
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION log_label_event();
-- file: tables/likes.sql
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
-- file: tables/list_blocks.sql
CREATE TABLE list_blocks (
    uri         text COLLATE "C" PRIMARY KEY,
    cid         text COLLATE "C",
    blocker_did text COLLATE "C" NOT NULL,
    list_uri    text COLLATE "C" NOT NULL,
    created_at  timestamptz NOT NULL,
    indexed_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT list_blocks_edge UNIQUE (blocker_did, list_uri)
);

-- Ours: whether anybody still waits for a list.
CREATE INDEX list_blocks_list ON list_blocks (list_uri);
-- file: tables/list_items.sql
-- An item takes effect when its list is known: readers join the two.
CREATE TABLE list_items (
    uri         text COLLATE "C" PRIMARY KEY,
    cid         text COLLATE "C" NOT NULL,
    list_uri    text COLLATE "C" NOT NULL,
    subject_did text COLLATE "C" NOT NULL,
    created_at  timestamptz NOT NULL,
    indexed_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT list_items_edge UNIQUE (list_uri, subject_did)
);

-- Readers: the lists an account is on.
CREATE INDEX list_items_subject ON list_items (subject_did);
-- file: tables/lists.sql
CREATE TABLE lists (
    uri         text COLLATE "C" PRIMARY KEY,
    cid         text COLLATE "C" NOT NULL,
    creator_did text COLLATE "C" NOT NULL,
    name        text NOT NULL,
    purpose     text COLLATE "C" NOT NULL,
    description text,
    avatar_url  text COLLATE "C",  -- the blob's CID; readers make the URL
    created_at  timestamptz NOT NULL,
    indexed_at  timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX lists_creator ON lists (creator_did);
CREATE INDEX lists_purpose ON lists (purpose);
-- file: tables/notifications.sql
CREATE TABLE notifications (
    id             bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    uri            text COLLATE "C" NOT NULL,  -- <record uri>#notification…
    recipient_did  text COLLATE "C" NOT NULL,
    author_did     text COLLATE "C" NOT NULL,
    reason         text COLLATE "C" NOT NULL,
    reason_subject text COLLATE "C",
    cid            text COLLATE "C",
    is_read        boolean NOT NULL DEFAULT false,
    created_at     timestamptz NOT NULL,       -- the earlier of the record's createdAt and arrival
    indexed_at     timestamptz NOT NULL DEFAULT now()
);

-- Ours: the notices of one record, by prefix.
CREATE UNIQUE INDEX notifications_uri ON notifications (uri);
-- Readers: an account's notices, newest first.
CREATE INDEX notifications_recipient ON notifications (recipient_did, created_at);

-- Who mutes a thread is told nothing more about it. What was told before stays, until the record
-- that told it is edited: an update is no insertion. Once for a statement: a call for each row cost
-- more than the row.
CREATE FUNCTION respect_mutes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF somebody_mutes_threads() THEN
        DELETE FROM notifications
        WHERE uri = ANY(ARRAY(
            SELECT uri FROM told
            WHERE mutes_thread(recipient_did, coalesce(reason_subject, split_part(uri, '#', 1)))
        ));
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER notification_muted AFTER INSERT ON notifications
    REFERENCING NEW TABLE AS told FOR EACH STATEMENT EXECUTE FUNCTION respect_mutes();
-- file: tables/own_label_definitions.sql
-- What our moderators' labels mean. Readers see the view label_definitions.
CREATE TABLE own_label_definitions (
    value             text COLLATE "C" PRIMARY KEY,
    description       text,
    severity          text COLLATE "C" NOT NULL DEFAULT 'warn'
                      CHECK (severity IN ('info', 'warn', 'alert', 'none')),
    localized_strings jsonb,
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now()
);
-- file: tables/pending.sql
-- Subjects that effects wait for, and accounts to resolve. One row per subject.
CREATE TABLE pending (
    subject    text COLLATE "C" PRIMARY KEY,  -- a record's URI or a DID
    kind       text COLLATE "C" NOT NULL,     -- the collection, or 'user'
    first_seen timestamptz NOT NULL DEFAULT now(),
    attempts   integer NOT NULL DEFAULT 0,    -- that failed
    due        timestamptz NOT NULL DEFAULT now(),
    expires    timestamptz NOT NULL,
    prodded    timestamptz,                   -- when it was said to be another than was known, last
    claimed    boolean NOT NULL DEFAULT false -- somebody asks for it until it is due
);

-- Accounts come first.
CREATE INDEX pending_users_due ON pending (due) WHERE kind = 'user';
CREATE INDEX pending_records_due ON pending (due) WHERE kind <> 'user';
CREATE INDEX pending_expires ON pending (expires);
CREATE INDEX pending_kind ON pending (kind, first_seen);
-- file: tables/post_aggregations.sql
-- How often each subject was liked, reposted, answered, bookmarked and quoted, whether we know
-- the subject or not: feed generators and labelers are liked too. Written with every like, so
-- no index but the key, and room on the page for updates in place.
CREATE TABLE post_aggregations (
    post_uri       text COLLATE "C" PRIMARY KEY,
    like_count     bigint NOT NULL DEFAULT 0,
    repost_count   bigint NOT NULL DEFAULT 0,
    reply_count    bigint NOT NULL DEFAULT 0,
    bookmark_count bigint NOT NULL DEFAULT 0,
    quote_count    bigint NOT NULL DEFAULT 0,
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);
-- file: tables/post_gates.sql
CREATE TABLE post_gates (
    post_uri        text COLLATE "C" PRIMARY KEY,
    uri             text COLLATE "C" NOT NULL,
    cid             text COLLATE "C" NOT NULL,
    embedding_rules jsonb NOT NULL,  -- {disableRule?, detachedEmbeddingUris?}
    created_at      timestamptz NOT NULL
);
-- file: tables/posts.sql
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
-- file: tables/protected_accounts.sql
-- Accounts whose content is kept, however old. Rows may be put in by hand; what was deleted before
-- comes back with `indexer retention protect`, which has their repos fetched.
CREATE TABLE protected_accounts (
    did        text COLLATE "C" PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now()
);
-- file: tables/quarantine.sql
-- What was refused, and why.
CREATE TABLE quarantine (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source     text COLLATE "C" NOT NULL,
    seq        bigint,
    did        text COLLATE "C",
    uri        text COLLATE "C",
    reason     text COLLATE "C" NOT NULL,  -- one word, for counting
    detail     text NOT NULL,              -- what was wrong and where, for a person
    frame      bytea,
    record     bytea,                      -- the record's block, DAG-CBOR
    rev        text COLLATE "C",           -- of the commit that a record came with
    time       timestamptz,                -- when that arrived
    -- Whether a later commit changed or deleted what this record was, or may have without our seeing.
    overtaken  boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- What comes again is refused again, and kept once. A frame that is none has no seq; a record that
-- has no usable URI is told from its neighbours by what was wrong with it.
CREATE UNIQUE INDEX quarantine_once ON quarantine (
    source, seq, md5(coalesce(uri, CASE WHEN frame IS NULL THEN detail END, '')), reason, md5(frame)
) NULLS NOT DISTINCT;
CREATE INDEX quarantine_reason ON quarantine (reason, created_at);
-- What is kept of an account goes with it.
CREATE INDEX quarantine_did ON quarantine (did);
-- Asked for every record that is written: few are here.
CREATE INDEX quarantine_uri ON quarantine (uri) WHERE NOT overtaken;
-- file: tables/quotes.sql
CREATE TABLE quotes (
    uri        text COLLATE "C" PRIMARY KEY,  -- <post uri>#quote
    cid        text COLLATE "C" NOT NULL,
    post_uri   text COLLATE "C" NOT NULL,
    quoted_uri text COLLATE "C" NOT NULL,
    quoted_cid text COLLATE "C",
    created_at timestamptz NOT NULL,
    indexed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT quotes_edge UNIQUE (post_uri, quoted_uri)
);

-- Who quotes this; and our own: the notices of a post that comes or goes.
CREATE INDEX quotes_quoted ON quotes (quoted_uri, post_uri);
-- file: tables/repos.sql
-- What we hold of each repo: the gate that every commit passes once. Outlives its account.
CREATE TABLE repos (
    did            text COLLATE "C" PRIMARY KEY,
    rev            text COLLATE "C",       -- of the last commit applied
    data           text COLLATE "C",       -- root CID of its tree
    active         boolean NOT NULL DEFAULT true,
    status         text COLLATE "C",
    account_source text COLLATE "C",       -- of the last #account applied
    account_seq    bigint,
    deleted_at     timestamptz,            -- said to be deleted then; rows not purged yet
    confirmed_at   timestamptz,            -- when its PDS or directory was asked and said so, too
    state          text COLLATE "C" NOT NULL DEFAULT 'partial'
        CHECK (state IN ('synchronized', 'partial', 'desynchronized', 'fetching')),
    indexed_at     timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

CREATE INDEX repos_deleted ON repos (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX repos_unsettled ON repos (state) WHERE state IN ('desynchronized', 'fetching');
-- file: tables/reposts.sql
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
-- file: tables/resyncs.sql
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
-- file: tables/retention_passes.sql
-- Walks over all content that take away what has grown too old, page by page: how far each has come.
CREATE TABLE retention_passes (
    number  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    horizon timestamptz NOT NULL,           -- what is older goes
    place   text COLLATE "C" NOT NULL,      -- the table that it is at
    page    bigint NOT NULL DEFAULT 0,      -- of that table, the first it has yet to look at
    removed bigint NOT NULL DEFAULT 0,      -- rows
    began   timestamptz NOT NULL DEFAULT now(),
    ended   timestamptz
);

-- One at a time, whoever walks.
CREATE UNIQUE INDEX retention_passes_under_way ON retention_passes ((true)) WHERE ended IS NULL;
-- file: tables/schema_version.sql
-- Which files made this database: `schema` for tables/ and views/, and every migration by name.
CREATE TABLE schema_version (
    name        text PRIMARY KEY,
    checksum    text NOT NULL,
    applied_at  timestamptz NOT NULL DEFAULT now()
);
-- file: tables/starter_packs.sql
CREATE TABLE starter_packs (
    uri         text COLLATE "C" PRIMARY KEY,
    cid         text COLLATE "C" NOT NULL,
    creator_did text COLLATE "C" NOT NULL,
    name        text NOT NULL,
    description text,
    list_uri    text COLLATE "C",
    feeds       jsonb NOT NULL DEFAULT '[]',  -- URIs of feed generators
    created_at  timestamptz NOT NULL,
    indexed_at  timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX starter_packs_creator ON starter_packs (creator_did);
-- file: tables/thread_gates.sql
CREATE TABLE thread_gates (
    post_uri           text COLLATE "C" PRIMARY KEY,
    uri                text COLLATE "C" NOT NULL,
    cid                text COLLATE "C" NOT NULL,
    owner_did          text COLLATE "C" NOT NULL,
    allow              jsonb,                        -- the rules; NULL: everybody, []: nobody
    allow_mentions     boolean NOT NULL,
    allow_following    boolean NOT NULL,
    allow_followers    boolean NOT NULL,
    allow_list_members boolean NOT NULL,
    allow_list_uris    jsonb NOT NULL DEFAULT '[]',
    hidden_replies     jsonb NOT NULL DEFAULT '[]',
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL DEFAULT now()
);

-- Ours: the gates that a change of a list concerns.
CREATE INDEX thread_gates_lists ON thread_gates USING gin (allow_list_uris)
    WHERE allow_list_members;
-- file: tables/user_aggregations.sql
CREATE TABLE user_aggregations (
    did             text COLLATE "C" PRIMARY KEY,
    followers_count bigint NOT NULL DEFAULT 0,
    follows_count   bigint NOT NULL DEFAULT 0,
    posts_count     bigint NOT NULL DEFAULT 0,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);
-- file: tables/user_settings.sql
-- The API server's table, of which we read one column. It outlives the account's content: an
-- opt-out is not erased by erasing.
CREATE TABLE user_settings (
    user_did                  text COLLATE "C" PRIMARY KEY,
    data_collection_forbidden boolean NOT NULL DEFAULT false,
    blocked_keywords          jsonb NOT NULL DEFAULT '[]',
    muted_users               jsonb NOT NULL DEFAULT '[]',
    custom_lists              jsonb NOT NULL DEFAULT '[]',
    feed_preferences          jsonb NOT NULL DEFAULT '{}',
    last_backfill_at          timestamptz,
    created_at                timestamptz NOT NULL DEFAULT now(),
    updated_at                timestamptz NOT NULL DEFAULT now()
);

-- Asked for every author and subject of every batch: small enough to stay in memory.
CREATE INDEX user_settings_forbidden ON user_settings (user_did) WHERE data_collection_forbidden;
-- file: tables/users.sql
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
-- file: tables/verifications.sql
CREATE TABLE verifications (
    uri          text COLLATE "C" PRIMARY KEY,
    cid          text COLLATE "C" NOT NULL,
    issuer_did   text COLLATE "C" NOT NULL,
    subject_did  text COLLATE "C" NOT NULL,
    handle       text NOT NULL,
    display_name text NOT NULL,
    verified_at  timestamptz NOT NULL,
    created_at   timestamptz NOT NULL,
    sort_at      timestamptz,                 -- the earlier of created_at and arrival; NULL: old news
    indexed_at   timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX verifications_subject ON verifications (subject_did);
-- file: functions/mutes_thread.sql
-- Whether an account has muted the thread that a post stands in.
CREATE FUNCTION mutes_thread(account text, post text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT somebody_mutes_threads() THEN  -- else there may be no such table
        RETURN false;
    END IF;
    RETURN EXISTS (
        SELECT FROM thread_mutes
        WHERE muter_did = account
          AND thread_root_uri = coalesce((SELECT root_uri FROM posts WHERE uri = post), post)
    );
END
$$;
-- file: functions/somebody_mutes_threads.sql
-- Whether any thread is muted. The table of mutes is the API server's: it may not exist, not be ours
-- to read, or not look as expected; then nothing is muted.
CREATE FUNCTION somebody_mutes_threads() RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF to_regclass('thread_mutes') IS NULL
        OR NOT has_table_privilege('thread_mutes', 'SELECT') OR 2 <> (
        SELECT count(*) FROM pg_attribute
        WHERE attrelid = to_regclass('thread_mutes')
          AND attname IN ('muter_did', 'thread_root_uri') AND NOT attisdropped
    ) THEN
        RETURN false;
    END IF;
    RETURN EXISTS (SELECT FROM thread_mutes);
END
$$;
-- file: functions/violates_thread_gate.sql
-- Whether the gate of a thread, named by its root, keeps an account from replying there.
CREATE FUNCTION violates_thread_gate(root text, account text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
    gate thread_gates;
BEGIN
    SELECT * INTO gate FROM thread_gates WHERE post_uri = root;
    IF gate.allow IS NULL OR gate.owner_did = account THEN  -- no gate, or one that lets everybody in
        RETURN false;
    END IF;
    IF gate.allow_mentions AND EXISTS (
        SELECT
        FROM posts p,
             jsonb_path_query(p.facets, 'lax $[*].features[*] ? (@."$type" == "app.bsky.richtext.facet#mention").did') AS did
        WHERE p.uri = root AND p.commit_rev IS NOT NULL AND did #>> '{}' = account
    ) THEN
        RETURN false;
    END IF;
    IF gate.allow_following AND EXISTS (
        SELECT FROM follows
        WHERE follower_did = gate.owner_did AND following_did = account AND commit_rev IS NOT NULL
    ) THEN
        RETURN false;
    END IF;
    IF gate.allow_followers AND EXISTS (
        SELECT FROM follows
        WHERE follower_did = account AND following_did = gate.owner_did AND commit_rev IS NOT NULL
    ) THEN
        RETURN false;
    END IF;
    RETURN NOT gate.allow_list_members OR NOT EXISTS (
        SELECT
        FROM jsonb_array_elements_text(gate.allow_list_uris) AS named (uri)
        WHERE (SELECT true FROM lists l WHERE l.uri = named.uri)
          AND (SELECT true FROM list_items i WHERE i.list_uri = named.uri AND i.subject_did = account)
    );
END
$$;
-- file: views/feed_generators.sql
CREATE VIEW feed_generators AS
SELECT g.uri, g.cid, g.creator_did, g.did, g.display_name, g.description, g.avatar_url,
       coalesce(a.like_count, 0) AS like_count, g.created_at, g.indexed_at
FROM feed_generator_records g
LEFT JOIN post_aggregations a ON a.post_uri = g.uri;
-- file: views/feed_items.sql
-- Posts, replies among them, and reposts, as entries of their author's feed.
CREATE VIEW feed_items AS
SELECT uri, uri AS post_uri, author_did AS originator_did, 'post' AS type, sort_at, cid, created_at, indexed_at
FROM posts
UNION ALL
SELECT uri, post_uri, user_did, 'repost', sort_at, cid, created_at, indexed_at
FROM reposts;
-- file: views/label_definitions.sql
-- What each label value means: as our moderators say, else as labelers define it; of several of
-- those, the first by URI, and in it.
CREATE VIEW label_definitions AS
SELECT DISTINCT ON (value)
       hashtextextended(value, 0) AS id,
       value,
       description,
       severity,
       localized_strings,
       created_at,
       updated_at
FROM (
    SELECT '' AS uri, 0::bigint AS at, value, description, severity, localized_strings,
           created_at, updated_at
    FROM own_label_definitions
    UNION ALL
    SELECT l.uri, at,
           definition ->> 'identifier' COLLATE "C",
           definition -> 'locales' -> 0 ->> 'description',
           CASE WHEN definition ->> 'severity' = 'inform' THEN 'info'
                WHEN definition ->> 'severity' IN ('info', 'alert', 'none')
                    THEN definition ->> 'severity'
                ELSE 'warn' END,
           definition -> 'locales',
           l.created_at, l.indexed_at
    FROM labeler_service_records l,
         jsonb_path_query(l.policies, 'lax $.labelValueDefinitions[*]')
             WITH ORDINALITY AS defined (definition, at)
) defined
WHERE value IS NOT NULL
ORDER BY value, uri, at;
-- file: views/labeler_services.sql
CREATE VIEW labeler_services AS
SELECT l.uri, l.cid, l.creator_did, l.policies,
       coalesce(a.like_count, 0) AS like_count, l.created_at, l.indexed_at
FROM labeler_service_records l
LEFT JOIN post_aggregations a ON a.post_uri = l.uri;
-- file: views/post_viewer_states.sql
-- What an account did with a post. Asked by (viewer_did, post_uri), which reaches every branch.
CREATE VIEW post_viewer_states AS
SELECT s.post_uri, s.viewer_did,
       max(s.like_uri) AS like_uri,
       max(s.repost_uri) AS repost_uri,
       bool_or(s.bookmarked) AS bookmarked,
       mutes_thread(s.viewer_did, s.post_uri) AS thread_muted,
       violates_thread_gate(
           (SELECT coalesce(p.root_uri, p.uri) FROM posts p WHERE p.uri = s.post_uri), s.viewer_did
       ) AS reply_disabled,
       s.viewer_did <> split_part(s.post_uri, '/', 3)
           AND coalesce(bool_or(g.embedding_rules ? 'disableRule'), false) AS embedding_disabled,
       coalesce(bool_or(u.pinned_post ->> 'uri' = s.post_uri), false) AS pinned,
       min(s.created_at) AS created_at,
       max(s.indexed_at) AS updated_at
FROM (
    SELECT post_uri, user_did AS viewer_did, uri AS like_uri, NULL::text AS repost_uri,
           false AS bookmarked, created_at, indexed_at
    FROM likes
    UNION ALL
    SELECT post_uri, user_did, NULL, uri, false, created_at, indexed_at FROM reposts
    UNION ALL
    SELECT post_uri, user_did, NULL, NULL, true, created_at, indexed_at FROM bookmarks
) s
LEFT JOIN post_gates g ON g.post_uri = s.post_uri
LEFT JOIN users u ON u.did = s.viewer_did
GROUP BY s.post_uri, s.viewer_did;
-- file: views/thread_contexts.sql
-- Which posts are liked by the author of the thread they stand in, and by which like.
CREATE VIEW thread_contexts AS
SELECT p.uri AS post_uri, l.uri AS root_author_like_uri, l.created_at, l.indexed_at AS updated_at
FROM posts p
JOIN likes l ON l.user_did = split_part(coalesce(p.root_uri, p.uri), '/', 3) AND l.post_uri = p.uri;
-- file: views/verdicts.sql
-- What gates make of each post: which guard it, and which it violates. The columns of `posts` of
-- these names hold the same. A gate shares author and key with its post.
CREATE VIEW verdicts AS
SELECT p.uri,
       (SELECT true FROM thread_gates g WHERE g.post_uri = p.uri) IS TRUE AS has_thread_gate,
       (SELECT true FROM post_gates g WHERE g.post_uri = p.uri) IS TRUE AS has_post_gate,
       CASE WHEN p.commit_rev IS NOT NULL
             AND (SELECT true FROM thread_gates g WHERE g.post_uri = p.root_uri)
            THEN violates_thread_gate(p.root_uri, p.author_did)
            ELSE false END AS violates_thread_gate,
       (SELECT g.embedding_rules ? 'disableRule'
               AND p.author_did <> split_part(g.post_uri, '/', 3)
            OR coalesce(g.embedding_rules -> 'detachedEmbeddingUris' ? p.uri, false)
        FROM post_gates g
        WHERE p.commit_rev IS NOT NULL
          AND g.post_uri = (SELECT quoted_uri FROM quotes WHERE post_uri = p.uri LIMIT 1)
       ) IS TRUE AS violates_embedding_rules
FROM posts p;
