-- A gate shares author and key with its post. Of its version nothing is known, so every fetched one
-- is newer. "Nobody" and "everybody" were one: a gate is there to keep somebody out.
INSERT INTO thread_gates (
    post_uri, uri, cid, owner_did, allow, allow_mentions, allow_following, allow_followers,
    allow_list_members, allow_list_uris, created_at, updated_at
)
SELECT post_uri, replace(post_uri, '/app.bsky.feed.post/', '/app.bsky.feed.threadgate/'), '',
       owner_did, (
           SELECT coalesce(jsonb_agg(rule), '[]')
           FROM (
               SELECT '{"$type": "app.bsky.feed.threadgate#mentionRule"}'::jsonb AS rule
               WHERE allow_mentions
               UNION ALL
               SELECT '{"$type": "app.bsky.feed.threadgate#followingRule"}' WHERE allow_following
               UNION ALL
               SELECT jsonb_build_object('$type', 'app.bsky.feed.threadgate#listRule', 'list', uri)
               FROM jsonb_array_elements_text(lists) AS named (uri)
           ) AS rules
       ), allow_mentions, allow_following, false, lists <> '[]', lists, created_at,
       coalesce(updated_at, created_at)
FROM (
    SELECT *, (
        SELECT coalesce(jsonb_agg(uri), '[]')
        FROM jsonb_path_query(allow_list_uris, 'lax $[*] ? (@ like_regex "^at://[^/]+/app\\.bsky\\.graph\\.list/")') AS uri
        WHERE allow_list_members
    ) AS lists
    FROM older.thread_gates
) AS gates
WHERE refused IS NULL;
