-- $1 the URL of a directory, $2 createdAt of the last line of its log that was stored.
INSERT INTO directories (url, seen_to) VALUES ($1, least($2, now()))
ON CONFLICT (url) DO UPDATE SET seen_to = greatest(directories.seen_to, excluded.seen_to)
