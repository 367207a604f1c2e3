INSERT INTO list_blocks (uri, blocker_did, list_uri, created_at, indexed_at)
SELECT uri, blocker_did, list_uri, created_at, indexed_at
FROM older.list_blocks WHERE refused IS NULL;
