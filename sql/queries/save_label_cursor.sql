-- $1 the labeler, $2 its endpoint, $3 the number of its last message that is done, $4 the one before.
-- Nothing is returned, and nothing done, if somebody has rewound it since.
INSERT INTO label_cursors AS stored (did, endpoint, cursor) VALUES ($1, $2, $3)
ON CONFLICT (did, endpoint) DO UPDATE SET cursor = excluded.cursor, updated_at = now()
WHERE stored.cursor = $4
RETURNING cursor
