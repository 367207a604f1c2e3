-- $1 posts, thread gates and post gates touched. A gate shares author and key with its post.
UPDATE posts p
SET has_thread_gate = gated.thread, has_post_gate = gated.post
FROM (
    SELECT guarded.uri,
           EXISTS (SELECT FROM thread_gates g WHERE g.post_uri = guarded.uri) AS thread,
           EXISTS (SELECT FROM post_gates g WHERE g.post_uri = guarded.uri) AS post
    FROM (
        SELECT DISTINCT regexp_replace(uri, '/app\.bsky\.feed\.(thread|post)gate/', '/app.bsky.feed.post/') COLLATE "C" AS uri
        FROM unnest($1::text[]) AS uri
    ) AS guarded
) AS gated
WHERE p.uri = gated.uri
  AND (p.has_thread_gate, p.has_post_gate) IS DISTINCT FROM (gated.thread, gated.post)
