-- $1 DIDs.
SELECT FROM users WHERE did = ANY($1::text[]) ORDER BY did FOR UPDATE
