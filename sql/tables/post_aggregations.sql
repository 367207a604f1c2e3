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
