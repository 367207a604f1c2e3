INSERT INTO user_aggregations AS t (did, followers_count, follows_count, posts_count)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[]) AS difference (did, followers_count, follows_count, posts_count)
ORDER BY did
ON CONFLICT (did) DO UPDATE SET followers_count = t.followers_count + excluded.followers_count, follows_count = t.follows_count + excluded.follows_count, posts_count = t.posts_count + excluded.posts_count, updated_at = now();
