-- $1 guarded posts, $2 beside each the author of the posts to judge or '' for everybody's, $3 the URI
-- to begin after, $4 so many at most of each: the replies in its thread, and the posts that quote it.
SELECT guarded.number, found.uri
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS guarded (post_uri, author_did, number),
LATERAL (
    (SELECT uri FROM posts
     WHERE guarded.author_did = '' AND root_uri = guarded.post_uri AND uri > $3
     ORDER BY uri LIMIT $4)
    UNION
    SELECT uri FROM posts
    WHERE guarded.author_did <> '' AND root_uri = guarded.post_uri AND uri > $3
      AND split_part(root_uri, '/', 3) = split_part(guarded.post_uri, '/', 3)
      AND author_did = guarded.author_did
    UNION
    (SELECT post_uri FROM quotes
     WHERE guarded.author_did = '' AND quoted_uri = guarded.post_uri AND post_uri > $3
     ORDER BY post_uri LIMIT $4)
    ORDER BY uri
    LIMIT $4
) AS found
