-- $1, $2 the time and the key of a horizon, $3 and $4 the pages to look at, $5 how many: counters that say
-- nothing any more, of posts that are not here and come no more.
SELECT post_uri AS uri
FROM post_aggregations c
WHERE ctid >= $3 AND ctid < $4
  AND (created_at < $1 OR (right(post_uri, 13) < $2 AND post_uri ~ '/[2-7a-j][2-7a-z]{12}$'))
  AND (like_count, repost_count, reply_count, bookmark_count, quote_count) = (0, 0, 0, 0, 0)
  AND (SELECT true FROM posts WHERE uri = c.post_uri) IS NULL
LIMIT $5
