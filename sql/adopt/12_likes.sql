INSERT INTO likes (
    uri, user_did, post_uri, subject_cid, via, via_uri, created_at, indexed_at, commit_time,
    commit_seq, commit_rev
)
SELECT uri, user_did, post_uri, subject_cid,
       CASE WHEN via ->> 'uri' LIKE 'at://%' THEN via END,
       CASE WHEN via ->> 'uri' LIKE 'at://%' THEN via ->> 'uri' END, created_at, indexed_at,
       CASE WHEN rev IS NOT NULL THEN coalesce(commit_time, indexed_at) END, commit_seq, rev
FROM older.likes WHERE refused IS NULL;
