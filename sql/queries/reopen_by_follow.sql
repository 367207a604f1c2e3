-- $1 followers, $2 whom they follow. Either may reply to the other, if a gate says so.
INSERT INTO judgements (post_uri, author_did)
SELECT DISTINCT reply.root_uri, reply.author_did
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
ORDER BY 1, 2
ON CONFLICT (post_uri, author_did) DO UPDATE
SET number = nextval('judgement_numbers'), since = now()
RETURNING post_uri, author_did, number
