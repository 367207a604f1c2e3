INSERT INTO follows (
    uri, follower_did, following_did, created_at, indexed_at, commit_time, commit_seq, commit_rev
)
SELECT uri, follower_did, following_did, created_at, indexed_at,
       CASE WHEN rev IS NOT NULL THEN coalesce(commit_time, indexed_at) END, commit_seq, rev
FROM older.follows WHERE refused IS NULL;
