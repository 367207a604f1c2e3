-- What has been written since the server began: bytes of WAL by its address; and where we are.
SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint AS wal_bytes,
    (SELECT wal_records FROM pg_stat_wal) AS wal_records,
    (SELECT wal_fpi FROM pg_stat_wal) AS wal_page_images,
    pg_database_size(current_database()) AS database_bytes,
    pg_backend_pid() AS pid
