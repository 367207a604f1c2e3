-- The transactions that an indexer has begun here and not ended, but for our own. Each holds the
-- lock of its own virtual id, whether or not it has written anything.
SELECT l.virtualtransaction
FROM pg_locks l
JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'virtualxid' AND l.granted AND l.pid <> pg_backend_pid()
  AND a.datname = current_database() AND a.application_name LIKE 'indexer%'
