INSERT INTO post_aggregations AS t (post_uri, like_count, repost_count, reply_count, bookmark_count, quote_count)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[]) AS difference (post_uri, like_count, repost_count, reply_count, bookmark_count, quote_count)
ORDER BY post_uri
ON CONFLICT (post_uri) DO UPDATE SET like_count = t.like_count + excluded.like_count, repost_count = t.repost_count + excluded.repost_count, reply_count = t.reply_count + excluded.reply_count, bookmark_count = t.bookmark_count + excluded.bookmark_count, quote_count = t.quote_count + excluded.quote_count, updated_at = now();
