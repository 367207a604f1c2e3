-- $1 posts whose verdict was mended: their notices follow when a shard judges them again.
INSERT INTO judgements (post_uri, author_did)
SELECT root_uri, author_did FROM posts
WHERE uri = ANY($1::text[]) AND root_uri IS NOT NULL
UNION
SELECT quoted_uri, '' FROM quotes WHERE post_uri = ANY($1::text[])
ORDER BY 1, 2
ON CONFLICT (post_uri, author_did) DO UPDATE
SET number = nextval('judgement_numbers'), since = now()
