-- $1 posts that came or went. Those whom they mention may reply below, if a gate says so.
INSERT INTO judgements (post_uri, author_did)
SELECT DISTINCT root.uri, ''
FROM unnest($1::text[]) AS root (uri)
WHERE (SELECT true FROM thread_gates WHERE post_uri = root.uri AND allow_mentions)
  AND (SELECT true FROM posts WHERE root_uri = root.uri LIMIT 1)
ORDER BY 1
ON CONFLICT (post_uri, author_did) DO UPDATE
SET number = nextval('judgement_numbers'), since = now()
RETURNING post_uri, author_did, number
