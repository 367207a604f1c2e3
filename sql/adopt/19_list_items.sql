-- Nobody puts an account on somebody else's list.
INSERT INTO adopted.aside
SELECT 'list_items', 'an item on somebody else''s list', true, whole
FROM older.list_items
WHERE refused IS NULL AND split_part(list_uri, '/', 3) <> split_part(uri, '/', 3);

INSERT INTO list_items (uri, cid, list_uri, subject_did, created_at, indexed_at)
SELECT uri, coalesce(cid, ''), list_uri, subject_did, created_at, indexed_at
FROM older.list_items
WHERE refused IS NULL AND split_part(list_uri, '/', 3) = split_part(uri, '/', 3);
