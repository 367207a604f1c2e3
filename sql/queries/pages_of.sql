-- $1 a table: how many pages it has.
SELECT pg_relation_size($1::text::regclass) / current_setting('block_size')::bigint
