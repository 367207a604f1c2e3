-- $1 a list: what of it is not done.
SELECT did FROM resyncs WHERE backfill = $1
