INSERT INTO lists (
    uri, cid, creator_did, name, purpose, description, avatar_url, created_at, indexed_at
)
SELECT uri, cid, creator_did, name, purpose, description, avatar_url, created_at, indexed_at
FROM older.lists WHERE refused IS NULL;
