-- $1 how long ago an account was said to be deleted, and nobody said otherwise; those of which it
-- is certain do not wait.
SELECT did FROM repos
WHERE deleted_at <= now() - $1::interval OR confirmed_at >= deleted_at
ORDER BY deleted_at LIMIT 100
