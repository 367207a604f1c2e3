-- What verdicts depend on that came or went: $1, $2 follows, who follows whom; $3, $4 list items, the
-- list and who is on it; $5 lists; $6 post gates, by the post; $7 posts; $8 thread gates, by the post.
-- Leaves a case for each account, or '' for everybody, whose posts are judged anew in a post's thread
-- or among those that quote it.
WITH case_of (post_uri, author_did) AS (
    -- Who is followed, and who follows, may reply if a gate says so.
    SELECT reply.root_uri, reply.author_did
    FROM unnest($1::text[], $2::text[]) AS moved (follower, followed),
         LATERAL (VALUES (follower, followed, true), (followed, follower, false))
             AS pair (owner, author, following),
         LATERAL (
             SELECT root_uri, author_did FROM posts
             WHERE split_part(root_uri, '/', 3) = owner AND author_did = author
               AND root_uri IS NOT NULL
             OFFSET 0
         ) AS reply
    WHERE follower <> followed
      AND (SELECT CASE WHEN following THEN allow_following ELSE allow_followers END
           FROM thread_gates WHERE post_uri = reply.root_uri)
    UNION ALL
    -- So may the members of a list.
    SELECT gate.post_uri, moved.author
    FROM unnest($3::text[], $4::text[]) AS moved (list, author),
         LATERAL (
             SELECT post_uri, owner_did FROM thread_gates
             WHERE allow_list_uris ? moved.list AND allow_list_members
             OFFSET 0
         ) AS gate
    WHERE (
        SELECT true FROM posts p
        WHERE split_part(p.root_uri, '/', 3) = gate.owner_did AND p.author_did = moved.author
          AND p.root_uri = gate.post_uri
        LIMIT 1
    )
    UNION ALL
    -- But only while the list is there. No reply need be there to be seen: its writer and the list's
    -- meet at no counter.
    SELECT gate.post_uri, ''
    FROM unnest($5::text[]) AS moved (list),
         LATERAL (
             SELECT post_uri FROM thread_gates
             WHERE allow_list_uris ? moved.list AND allow_list_members
             OFFSET 0
         ) AS gate
    UNION ALL
    SELECT gated.uri, ''
    FROM unnest($6::text[]) AS gated (uri)
    WHERE (SELECT true FROM quotes WHERE quoted_uri = gated.uri LIMIT 1)
    UNION ALL
    -- Those whom a post mentions may reply below.
    SELECT root.uri, ''
    FROM unnest($7::text[]) AS root (uri)
    WHERE CASE WHEN (SELECT true FROM thread_gates WHERE post_uri = root.uri AND allow_mentions)
               THEN (SELECT true FROM posts WHERE root_uri = root.uri LIMIT 1) END
    UNION ALL
    SELECT gated.uri, ''
    FROM unnest($8::text[]) AS gated (uri)
    WHERE (SELECT true FROM posts WHERE root_uri = gated.uri LIMIT 1)
)
INSERT INTO judgements (post_uri, author_did)
SELECT DISTINCT post_uri, author_did FROM case_of
ORDER BY 1, 2
ON CONFLICT (post_uri, author_did) DO UPDATE
SET number = nextval('judgement_numbers'), since = now()
RETURNING post_uri, author_did, number
