-- What an account did with a post. Asked by (viewer_did, post_uri), which reaches every branch.
CREATE VIEW post_viewer_states AS
SELECT s.post_uri, s.viewer_did,
       max(s.like_uri) AS like_uri,
       max(s.repost_uri) AS repost_uri,
       bool_or(s.bookmarked) AS bookmarked,
       mutes_thread(s.viewer_did, s.post_uri) AS thread_muted,
       violates_thread_gate(
           (SELECT coalesce(p.root_uri, p.uri) FROM posts p WHERE p.uri = s.post_uri), s.viewer_did
       ) AS reply_disabled,
       s.viewer_did <> split_part(s.post_uri, '/', 3)
           AND coalesce(bool_or(g.embedding_rules ? 'disableRule'), false) AS embedding_disabled,
       coalesce(bool_or(u.pinned_post ->> 'uri' = s.post_uri), false) AS pinned,
       min(s.created_at) AS created_at,
       max(s.indexed_at) AS updated_at
FROM (
    SELECT post_uri, user_did AS viewer_did, uri AS like_uri, NULL::text AS repost_uri,
           false AS bookmarked, created_at, indexed_at
    FROM likes
    UNION ALL
    SELECT post_uri, user_did, NULL, uri, false, created_at, indexed_at FROM reposts
    UNION ALL
    SELECT post_uri, user_did, NULL, NULL, true, created_at, indexed_at FROM bookmarks
) s
LEFT JOIN post_gates g ON g.post_uri = s.post_uri
LEFT JOIN users u ON u.did = s.viewer_did
GROUP BY s.post_uri, s.viewer_did;
