-- Readers stored them, with URIs of their own, and no repo need know of them: so they count when a
-- commit says so, and no fetched repo takes them away.
INSERT INTO bookmarks (uri, user_did, post_uri, created_at, indexed_at)
SELECT uri, user_did, post_uri, created_at, indexed_at FROM older.bookmarks WHERE refused IS NULL;
