-- $1 posts that are answered. Those above them, as far as a reply tells: three.
WITH RECURSIVE above (uri, height) AS (
    SELECT uri COLLATE "C", 0 FROM unnest($1::text[]) AS uri
    UNION
    SELECT p.parent_uri, a.height + 1
    FROM above a, LATERAL (SELECT parent_uri FROM posts WHERE uri = a.uri OFFSET 0) AS p
    WHERE a.height < 3 AND p.parent_uri IS NOT NULL
)
SELECT DISTINCT uri FROM above WHERE height > 0
