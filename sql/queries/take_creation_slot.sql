-- $1 one of the few slots for user creations. Held until the transaction ends: others may wait for
-- the rows that it makes.
SELECT pg_advisory_xact_lock(hashtext('user creations'), $1)
