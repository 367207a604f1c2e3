-- Posts, replies among them, and reposts, as entries of their author's feed.
CREATE VIEW feed_items AS
SELECT uri, uri AS post_uri, author_did AS originator_did, 'post' AS type, sort_at, cid, created_at, indexed_at
FROM posts
UNION ALL
SELECT uri, post_uri, user_did, 'repost', sort_at, cid, created_at, indexed_at
FROM reposts;
