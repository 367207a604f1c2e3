-- $1 the key of an advisory lock: the session that holds it in this database.
SELECT a.pid, a.application_name, host(a.client_addr) AS client, a.backend_start AS since
FROM pg_locks l
JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory'
  AND l.granted
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.objsubid = 1  -- the key is one bigint, not two integers
  AND (l.classid::bigint << 32) | l.objid::bigint = $1::bigint
