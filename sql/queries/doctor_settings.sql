-- $1 names of settings: what the server has, in bytes, milliseconds or its own words.
SELECT name,
       CASE WHEN unit ~ 'B$' THEN pg_size_bytes(current_setting(name))::text
            WHEN unit IN ('s', 'min') THEN
                (extract(epoch FROM current_setting(name)::interval) * 1000)::bigint::text
            ELSE setting END AS value,
       current_setting(name) AS shown
FROM pg_settings
WHERE name = ANY($1::text[])
