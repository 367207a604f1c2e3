-- $1 DIDs of repos that are being fetched, $2 for how much longer they are nobody else's.
UPDATE resyncs SET due = now() + $2::interval WHERE did = ANY($1::text[])
