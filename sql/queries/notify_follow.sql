-- $1 follows touched.
INSERT INTO notifications (uri, recipient_did, author_did, reason, cid, created_at)
SELECT uri || '#notification', following_did, follower_did, 'follow', cid,
       least(created_at, commit_time)
FROM follows
WHERE uri = ANY($1::text[]) AND following_did <> follower_did AND commit_rev IS NOT NULL
  AND commit_seq IS NOT NULL
ORDER BY uri
ON CONFLICT (uri) DO NOTHING
