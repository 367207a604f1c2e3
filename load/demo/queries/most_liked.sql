-- The most liked posts, and how else they fared
SELECT COALESCE(u.display_name, u.did) AS author, LEFT(p.text, 32) AS text,
       a.like_count AS likes, a.repost_count AS reposts,
       a.reply_count AS replies
FROM post_aggregations a
JOIN posts p ON p.uri = a.post_uri
JOIN users u ON u.did = p.author_did
ORDER BY a.like_count DESC, p.uri
LIMIT 5;
