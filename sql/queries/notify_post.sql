-- $1 posts touched, as those who tell; $2 posts touched, as those who are told about.
-- Whom a post tells: accounts it mentions, the author it quotes, the author it answers and those of
-- the three posts above that. Nobody twice: mention before quote before the nearest reply.
-- Returns the subjects that are waited for.
WITH RECURSIVE below (uri, depth) AS (
    SELECT uri COLLATE "C", 0 FROM unnest($2::text[]) AS uri
    UNION ALL
    SELECT p.uri, b.depth + 1
    FROM below b JOIN posts p ON p.parent_uri = b.uri
    WHERE b.depth < 4
), source AS (
    SELECT p.*
    FROM posts p
    JOIN (
        SELECT uri FROM unnest($1::text[]) AS uri
        UNION SELECT uri FROM below
        UNION SELECT post_uri FROM quotes WHERE quoted_uri = ANY($2::text[])
    ) AS affected ON affected.uri = p.uri
    WHERE p.commit_rev IS NOT NULL
), above (uri, ancestor_uri, height) AS (
    SELECT uri, parent_uri, 0 FROM source WHERE parent_uri IS NOT NULL
    UNION ALL
    SELECT a.uri, p.parent_uri, a.height + 1
    FROM above a JOIN posts p ON p.uri = a.ancestor_uri AND p.commit_rev IS NOT NULL
    WHERE a.height < 3 AND p.parent_uri IS NOT NULL
), reason (post_uri, priority, reason, path, recipient_did, subject) AS (
    SELECT s.uri, 0, 'mention', '/mention/' || did, did, NULL
    FROM source s,
         jsonb_path_query(s.facets, 'lax $[*].features[*] ? (@."$type" == "app.bsky.richtext.facet#mention").did') AS mention,
         LATERAL (SELECT mention #>> '{}' COLLATE "C" AS did) AS mentioned
    WHERE did ~ '^did:[a-z]+:[A-Za-z0-9._:%-]+$'
    UNION ALL
    SELECT q.post_uri, 1, 'quote', '/quote', p.author_did, p.uri
    FROM source s
    JOIN quotes q ON q.post_uri = s.uri
    JOIN posts p ON p.uri = q.quoted_uri AND p.commit_rev IS NOT NULL
    UNION ALL
    SELECT a.uri, 2 + a.height, 'reply',
           CASE WHEN a.height = 0 THEN '/reply' ELSE '/reply/' || p.author_did END,
           p.author_did, p.uri
    FROM above a
    JOIN posts p ON p.uri = a.ancestor_uri AND p.commit_rev IS NOT NULL
), notice AS (
    SELECT DISTINCT ON (r.post_uri, r.recipient_did)
           r.post_uri || '#notification' || r.path AS uri, r.recipient_did,
           s.author_did, r.reason, r.subject, s.cid, s.sort_at
    FROM reason r JOIN source s ON s.uri = r.post_uri
    WHERE r.recipient_did <> s.author_did
    ORDER BY r.post_uri, r.recipient_did, r.priority
), gone AS (
    DELETE FROM notifications n
    USING source s
    WHERE n.uri >= s.uri || '#notification' AND n.uri < s.uri || '#notification0'
      AND NOT EXISTS (SELECT FROM notice WHERE notice.uri = n.uri)
), told AS (
    INSERT INTO notifications (uri, recipient_did, author_did, reason, reason_subject, cid, created_at)
    SELECT uri, recipient_did, author_did, reason, subject, cid, sort_at
    FROM notice
    ORDER BY uri
    ON CONFLICT (uri) DO NOTHING
)
SELECT DISTINCT subject
FROM (
    SELECT unnest(ARRAY[s.parent_uri, s.root_uri]) AS subject
    FROM source s WHERE s.uri = ANY($1::text[])
    UNION
    SELECT q.quoted_uri
    FROM quotes q WHERE q.post_uri = ANY($1::text[])
) AS named
WHERE subject LIKE 'at://did:%'
  AND NOT EXISTS (SELECT FROM posts p WHERE p.uri = subject AND p.commit_rev IS NOT NULL)
