-- $1 posts that come, go or change. Those whose notices depend on them: below, as far as a reply
-- tells, and those that quote them. Two such changes at once meet at the one who tells.
WITH RECURSIVE below (uri, depth) AS (
    SELECT uri COLLATE "C", 0 FROM unnest($1::text[]) AS uri
    UNION
    SELECT answer.uri, b.depth + 1
    FROM below b, LATERAL (SELECT uri FROM posts WHERE parent_uri = b.uri OFFSET 0) AS answer
    WHERE b.depth < 4
)
SELECT uri FROM below WHERE depth > 0
UNION
SELECT post_uri FROM quotes WHERE quoted_uri = ANY($1::text[])
