-- Whose counters are met that no row names: they lie behind others, which may change at the same time.
-- $1 posts that are answered: those above them, as far as a reply tells, three. $2 posts that come, go
-- or change: those whose notices depend on them, below as far as a reply tells, and those that quote
-- them. $3 posts whose thread gates are written: the lists whose members those let in.
WITH RECURSIVE above (uri, height) AS (
    SELECT uri COLLATE "C", 0 FROM unnest($1::text[]) AS uri
    UNION ALL
    SELECT p.parent_uri, a.height + 1
    FROM above a, LATERAL (SELECT parent_uri FROM posts WHERE uri = a.uri OFFSET 0) AS p
    WHERE a.height < 3 AND p.parent_uri IS NOT NULL
), below (uri, depth) AS (
    SELECT uri, 1 FROM posts WHERE parent_uri = ANY($2::text[])
    UNION ALL
    SELECT answer.uri, b.depth + 1
    FROM below b, LATERAL (SELECT uri FROM posts WHERE parent_uri = b.uri OFFSET 0) AS answer
    WHERE b.depth < 4
)
SELECT uri FROM above WHERE height > 0
UNION ALL
SELECT uri FROM below
UNION ALL
SELECT post_uri FROM quotes WHERE quoted_uri = ANY($2::text[])
UNION ALL
SELECT list.uri
FROM unnest($3::text[]) AS written (post_uri),
     LATERAL (
         SELECT allow_list_uris FROM thread_gates
         WHERE post_uri = written.post_uri AND allow_list_members OFFSET 0
     ) AS gate,
     LATERAL jsonb_array_elements_text(gate.allow_list_uris) AS list (uri)
