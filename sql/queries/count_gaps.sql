-- $1 the source.
SELECT count(*) FROM gaps WHERE source = $1
