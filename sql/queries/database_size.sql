-- Bytes of this database's tables and indexes.
SELECT pg_database_size(current_database())
