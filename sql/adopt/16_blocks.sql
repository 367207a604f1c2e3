INSERT INTO blocks (
    uri, blocker_did, blocked_did, created_at, indexed_at, commit_time, commit_seq, commit_rev
)
SELECT uri, blocker_did, blocked_did, created_at, indexed_at,
       CASE WHEN rev IS NOT NULL THEN coalesce(commit_time, indexed_at) END, commit_seq, rev
FROM older.blocks WHERE refused IS NULL;
