-- Of types that we do not know, names may be as they are.
INSERT INTO generic_records (
    uri, cid, author_did, record_type, record, created_at, indexed_at
)
SELECT uri, cid, author_did, split_part(uri, '/', 4),
       CASE WHEN record ? 'py_type' THEN older.lexicon(record) ELSE record END, created_at,
       indexed_at
FROM older.generic_records WHERE refused IS NULL;
