-- The API server's, and its other columns follow. An opt-out holds on.
INSERT INTO user_settings (
    user_did, data_collection_forbidden, blocked_keywords, muted_users, custom_lists,
    feed_preferences, last_backfill_at, created_at, updated_at
)
SELECT user_did, data_collection_forbidden, coalesce(blocked_keywords, '[]'),
       coalesce(muted_users, '[]'), coalesce(custom_lists, '[]'), coalesce(feed_preferences, '{}'),
       last_backfill_at, coalesce(created_at, now()), coalesce(updated_at, now())
FROM older.user_settings WHERE refused IS NULL;
