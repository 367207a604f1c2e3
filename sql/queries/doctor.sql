-- What a server and a database are set to, whatever this session has set for itself.
SELECT current_setting('server_version') AS version,
       extract(epoch FROM clock_timestamp())::float8 AS now,
       pg_encoding_to_char(encoding) AS encoding,
       pg_database_size(oid) AS bytes,
       (
           SELECT count(*) > 0 FROM pg_db_role_setting s, unnest(s.setconfig) AS set
           WHERE s.setdatabase = d.oid AND s.setrole = 0 AND lower(set) = 'timezone=utc'
       ) AS utc
FROM pg_database d
WHERE datname = current_database()
