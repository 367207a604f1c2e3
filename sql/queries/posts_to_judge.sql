-- $1 a guarded post, $2 the author of the posts to judge or '' for everybody's, $3 the URI to begin
-- after, $4 so many at most: the replies in its thread, and the posts that quote it.
(SELECT uri FROM posts WHERE $2 = '' AND root_uri = $1 AND uri > $3 ORDER BY uri LIMIT $4)
UNION
SELECT uri FROM posts
WHERE $2 <> '' AND split_part(root_uri, '/', 3) = split_part($1, '/', 3) AND author_did = $2
  AND root_uri = $1 AND uri > $3
UNION
(SELECT post_uri FROM quotes
 WHERE $2 = '' AND quoted_uri = $1 AND post_uri > $3 ORDER BY post_uri LIMIT $4)
ORDER BY uri
LIMIT $4
