-- $1 the key of an advisory lock, taken for as long as the session lasts. False: somebody has it.
SELECT pg_try_advisory_lock($1::bigint)
