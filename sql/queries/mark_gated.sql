-- $1 posts, thread gates and post gates touched. A gate shares author and key with its post.
UPDATE posts p
SET has_thread_gate = (SELECT true FROM thread_gates g WHERE g.post_uri = p.uri) IS TRUE,
    has_post_gate = (SELECT true FROM post_gates g WHERE g.post_uri = p.uri) IS TRUE
WHERE uri = ANY(ARRAY(
        SELECT regexp_replace(uri, '/app\.bsky\.feed\.(thread|post)gate/', '/app.bsky.feed.post/')
        FROM unnest($1::text[]) AS uri
    ))
  AND (has_thread_gate, has_post_gate) IS DISTINCT FROM (
        (SELECT true FROM thread_gates g WHERE g.post_uri = p.uri) IS TRUE,
        (SELECT true FROM post_gates g WHERE g.post_uri = p.uri) IS TRUE
    )
