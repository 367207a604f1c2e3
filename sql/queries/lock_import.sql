-- Waits for those who save identities, and lets no other begin.
SELECT pg_advisory_xact_lock('identities'::regclass::int, 0)
