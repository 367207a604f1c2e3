-- $1 the host whose list is done.
DELETE FROM backfills WHERE source = $1
