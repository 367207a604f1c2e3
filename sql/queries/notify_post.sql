-- $1 posts touched, as those who tell; $2 posts touched, as those who are told about.
-- Whom a post tells: accounts it mentions, the author it quotes, the author it answers and those of
-- the three posts above that. Nobody twice: mention before quote before the nearest reply. As a
-- reply, one that its gate forbids tells nobody, and one that its thread hides nobody above it.
-- Returns the subjects that are waited for.
WITH RECURSIVE below (uri, depth) AS (
    SELECT uri, 1 FROM posts WHERE parent_uri = ANY($2::text[])
    UNION ALL
    SELECT answer.uri, b.depth + 1
    FROM below b, LATERAL (SELECT uri FROM posts WHERE parent_uri = b.uri OFFSET 0) AS answer
    WHERE b.depth < 4
), source AS (
    SELECT uri, uri IN (SELECT unnest($1::text[])) AS here,
           author_did, cid, sort_at, facets, parent_uri, root_uri,
           violates_thread_gate, violates_embedding_rules,
           coalesce((SELECT hidden_replies FROM thread_gates g WHERE g.post_uri = p.root_uri), '[]')
               AS hidden
    FROM posts p
    WHERE commit_rev IS NOT NULL AND commit_seq IS NOT NULL AND uri = ANY(ARRAY(
        SELECT unnest($1::text[] || $2::text[])
        UNION ALL SELECT uri FROM below
        UNION ALL SELECT post_uri FROM quotes WHERE quoted_uri = ANY($2::text[])
    ))
), above (uri, author_did, cid, sort_at, hidden, ancestor_uri, height) AS (
    SELECT uri, author_did, cid, sort_at, hidden, parent_uri, 0
    FROM source
    WHERE parent_uri IS NOT NULL AND NOT violates_thread_gate AND NOT hidden ? uri
    UNION ALL
    SELECT a.uri, a.author_did, a.cid, a.sort_at, a.hidden, p.parent_uri, a.height + 1
    FROM above a,
         LATERAL (SELECT * FROM posts WHERE uri = a.ancestor_uri OFFSET 0) AS p
    WHERE a.height < 3 AND p.parent_uri IS NOT NULL AND p.commit_rev IS NOT NULL
      AND NOT a.hidden ? a.ancestor_uri
), reason (post_uri, author_did, cid, sort_at, priority, reason, path, recipient_did, subject) AS (
    SELECT s.uri, s.author_did, s.cid, s.sort_at, 0, 'mention', '/mention/' || did, did, NULL
    FROM source s, LATERAL (
        SELECT DISTINCT did COLLATE "C" AS did
        FROM jsonb_path_query(s.facets, 'lax $[*].features[*] ? (@."$type" == "app.bsky.richtext.facet#mention").did') AS mention,
             LATERAL (SELECT mention #>> '{}' AS did) AS mentioned
        WHERE did ~ '^did:[a-z]+:[A-Za-z0-9._:%-]+$' AND length(did) + length(s.uri) < 2500
        ORDER BY did
        LIMIT 100  -- more than a post of legal length has room for
    ) AS mentioned
    UNION ALL
    SELECT s.uri, s.author_did, s.cid, s.sort_at, 1, 'quote', '/quote', p.author_did, p.uri
    FROM source s,
         LATERAL (SELECT quoted_uri FROM quotes WHERE post_uri = s.uri OFFSET 0) AS q,
         LATERAL (SELECT * FROM posts WHERE uri = q.quoted_uri OFFSET 0) AS p
    WHERE p.commit_rev IS NOT NULL AND NOT s.violates_embedding_rules
    UNION ALL
    SELECT a.uri, a.author_did, a.cid, a.sort_at, 2 + a.height, 'reply',
           CASE WHEN a.height = 0 THEN '/reply' ELSE '/reply/' || p.author_did END,
           p.author_did, p.uri
    FROM above a,
         LATERAL (SELECT * FROM posts WHERE uri = a.ancestor_uri OFFSET 0) AS p
    WHERE p.commit_rev IS NOT NULL
), notice AS (
    SELECT DISTINCT ON (post_uri, recipient_did)
           post_uri || '#notification' || path AS uri, recipient_did, author_did, reason, subject,
           cid, sort_at
    FROM reason
    WHERE recipient_did <> author_did
    ORDER BY post_uri, recipient_did, priority
), gone AS (
    DELETE FROM notifications
    WHERE uri = ANY(ARRAY(
        SELECT n.uri
        FROM source s,
             LATERAL (
                 SELECT uri FROM notifications
                 WHERE uri >= s.uri || '#notification' AND uri < s.uri || '#notification0'
                 OFFSET 0
             ) AS n
        WHERE n.uri NOT IN (SELECT uri FROM notice)
    ))
), told AS (
    INSERT INTO notifications (uri, recipient_did, author_did, reason, reason_subject, cid, created_at)
    SELECT uri, recipient_did, author_did, reason, subject, cid, sort_at
    FROM notice
    ORDER BY uri
    -- The post between may have been edited: the same ancestor's author, another post of theirs.
    ON CONFLICT (uri) DO UPDATE SET reason_subject = excluded.reason_subject, is_read = false
    WHERE notifications.reason_subject IS DISTINCT FROM excluded.reason_subject
)
SELECT DISTINCT named.subject
FROM (
    SELECT unnest(ARRAY[parent_uri, root_uri]) AS subject
    FROM source WHERE here
    UNION
    SELECT quoted_uri FROM quotes
    WHERE post_uri = ANY(ARRAY(SELECT uri FROM source WHERE here))
) AS named
WHERE substr(named.subject, 6, 4) = 'did:'
  AND (SELECT true FROM posts k WHERE k.uri = named.subject AND k.commit_rev IS NOT NULL) IS NOT TRUE
