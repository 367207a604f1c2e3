-- The statements of the database $1 that took the most time.
SELECT left(regexp_replace(query, '\s+', ' ', 'g'), 160) AS query, calls, rows,
    total_exec_time / 1000 AS seconds, wal_bytes::bigint AS wal_bytes,
    shared_blks_hit AS hit, shared_blks_read AS read, shared_blks_dirtied AS dirtied
FROM pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = $1)
ORDER BY total_exec_time DESC
LIMIT 25
