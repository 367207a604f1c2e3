-- $1 DIDs of repos that are being fetched.
SELECT did, token, parts, complete, state
FROM resyncs JOIN repos USING (did)
WHERE did = ANY($1::text[])
