-- $1 posts whose thread gate came or went: everybody's replies below are judged anew.
INSERT INTO judgements (post_uri, author_did)
SELECT DISTINCT gated.uri, ''
FROM unnest($1::text[]) AS gated (uri)
WHERE (SELECT true FROM posts WHERE root_uri = gated.uri LIMIT 1)
ORDER BY 1
ON CONFLICT (post_uri, author_did) DO UPDATE
SET number = nextval('judgement_numbers'), since = now()
RETURNING post_uri, author_did, number
