-- A handle was believed as the document claimed it, so anybody could be anybody. See 43.
INSERT INTO users (
    did, handle, display_name, avatar_url, banner_url, description, profile_record, pinned_post,
    joined_via_starter_pack, created_at, indexed_at
)
SELECT did, coalesce(nullif(lower(handle), ''), 'handle.invalid'), display_name, avatar_url,
       banner_url, description, profile_record,
       CASE WHEN pinned_post ->> 'uri' IS NOT NULL THEN pinned_post END,
       profile_record #>> '{joinedViaStarterPack,uri}',
       coalesce(created_at, indexed_at, now()), coalesce(indexed_at, now())
FROM older.users WHERE refused IS NULL;
