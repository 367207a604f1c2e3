CREATE VIEW feed_generators AS
SELECT g.uri, g.cid, g.creator_did, g.did, g.display_name, g.description, g.avatar_url,
       coalesce(a.like_count, 0) AS like_count, g.created_at, g.indexed_at
FROM feed_generator_records g
LEFT JOIN post_aggregations a ON a.post_uri = g.uri;
