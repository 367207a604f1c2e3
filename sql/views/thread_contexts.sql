-- Which posts are liked by the author of the thread they stand in, and by which like.
CREATE VIEW thread_contexts AS
SELECT p.uri AS post_uri, l.uri AS root_author_like_uri, l.created_at, l.indexed_at AS updated_at
FROM posts p
JOIN likes l ON l.user_did = split_part(coalesce(p.root_uri, p.uri), '/', 3) AND l.post_uri = p.uri;
