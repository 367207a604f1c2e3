-- $1 a handle. Whose it is, as far as we know.
SELECT did FROM users WHERE handle = $1 ORDER BY did LIMIT 10
