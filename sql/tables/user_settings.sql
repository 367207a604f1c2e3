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
