-- Their counts of likes are those of post_aggregations.
INSERT INTO feed_generator_records (
    uri, cid, creator_did, did, display_name, description, avatar_url, created_at, indexed_at
)
SELECT uri, cid, creator_did, did, display_name, description, avatar_url, created_at, indexed_at
FROM older.feed_generators WHERE refused IS NULL;
