-- $1 posts, $2 authors, $3 the numbers that the cases had when their judging began.
DELETE FROM judgements
USING unnest($1::text[], $2::text[], $3::bigint[]) AS closed (post_uri, author_did, number)
WHERE judgements.post_uri = ANY($1::text[]) AND judgements.post_uri = closed.post_uri
  AND judgements.author_did = closed.author_did AND judgements.number = closed.number
