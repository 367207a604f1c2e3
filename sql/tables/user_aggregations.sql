CREATE TABLE user_aggregations (
    did             text COLLATE "C" PRIMARY KEY,
    followers_count bigint NOT NULL DEFAULT 0,
    follows_count   bigint NOT NULL DEFAULT 0,
    posts_count     bigint NOT NULL DEFAULT 0,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);
