-- $1 how long ago an account was said to be deleted, and nobody said otherwise.
SELECT did FROM repos
WHERE deleted_at <= now() - $1::interval
ORDER BY deleted_at LIMIT 100
