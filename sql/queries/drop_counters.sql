-- $1 posts: their counters, where those are zeros still, which is as good as none.
DELETE FROM post_aggregations
WHERE post_uri = ANY($1::text[])
  AND (like_count, repost_count, reply_count, bookmark_count, quote_count) = (0, 0, 0, 0, 0)
RETURNING post_uri
