-- $1 a verified handle, or NULL. First of the locks under which an identity is saved: who holds the
-- handle does not change until then, and no import is between its locks.
SELECT pg_advisory_xact_lock_shared('identities'::regclass::int, 0),
       pg_advisory_xact_lock('identities'::regclass::int, hashtext($1))
