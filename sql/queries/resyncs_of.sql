-- $1 DIDs of repos that are being fetched; their rows in `repos` are locked.
SELECT did, token, parts, complete, held FROM resyncs WHERE did = ANY($1::text[])
