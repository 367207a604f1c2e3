-- A database of ours as the older system would have it: in its tables, with what it did not keep
-- gone. The tables of ours stand in the schema `ours`, and all of theirs are there and empty.
INSERT INTO users (did, handle, display_name, avatar_url, banner_url, description, profile_record, pinned_post, created_at)
SELECT did, handle, left(display_name, 255), avatar_url, banner_url, description, profile_record, pinned_post, created_at FROM ours.users;
INSERT INTO posts (uri, cid, author_did, text, langs, parent_uri, parent_cid, root_uri, root_cid, embed, facets, tags, created_at, commit_time, commit_seq, commit_rev)
SELECT uri, cid, author_did, text, langs, parent_uri, parent_cid, root_uri, root_cid, embed, facets, tags, created_at, commit_time, commit_seq, commit_rev FROM ours.posts;
INSERT INTO likes (uri, user_did, post_uri, subject_cid, via, created_at, commit_time, commit_seq, commit_rev)
SELECT uri, user_did, post_uri, subject_cid, via, created_at, commit_time, commit_seq, commit_rev FROM ours.likes;
-- No rev was noted of these, and no time: they count all the same.
INSERT INTO reposts (uri, user_did, post_uri, subject_cid, via, created_at, indexed_at)
SELECT uri, user_did, post_uri, subject_cid, via, created_at, commit_time FROM ours.reposts;
INSERT INTO bookmarks SELECT uri, user_did, post_uri, created_at FROM ours.bookmarks;
INSERT INTO follows (uri, follower_did, following_did, created_at, commit_time, commit_seq, commit_rev)
SELECT uri, follower_did, following_did, created_at, commit_time, commit_seq, commit_rev FROM ours.follows;
INSERT INTO blocks (uri, blocker_did, blocked_did, created_at, commit_rev)
SELECT uri, blocker_did, blocked_did, created_at, commit_rev FROM ours.blocks;
INSERT INTO list_blocks SELECT uri, blocker_did, list_uri, created_at FROM ours.list_blocks;
INSERT INTO lists SELECT uri, cid, creator_did, name, purpose, description, avatar_url, created_at FROM ours.lists;
INSERT INTO list_items SELECT uri, cid, list_uri, subject_did, created_at FROM ours.list_items;
INSERT INTO feed_generators SELECT uri, cid, creator_did, did, display_name, description, avatar_url, 7, created_at FROM ours.feed_generators;
INSERT INTO labeler_services SELECT uri, cid, creator_did, policies, 7, created_at FROM ours.labeler_services;
INSERT INTO starter_packs SELECT uri, cid, creator_did, name, description, list_uri, feeds, created_at FROM ours.starter_packs;
INSERT INTO verifications SELECT DISTINCT ON (subject_did) uri, cid, subject_did, handle, verified_at, created_at FROM ours.verifications;
INSERT INTO thread_gates SELECT post_uri, owner_did, allow_mentions, allow_following, allow_list_members, allow_list_uris, created_at FROM ours.thread_gates;
INSERT INTO post_gates SELECT post_uri, embedding_rules, created_at FROM ours.post_gates;
INSERT INTO generic_records SELECT uri, cid, author_did, record_type, record, created_at FROM ours.generic_records;
INSERT INTO labels SELECT uri, src, subject, val, neg, created_at FROM ours.labels;
INSERT INTO notifications (id, uri, recipient_did, author_did, reason, reason_subject, cid, is_read, created_at)
SELECT id, uri, recipient_did, author_did, reason, reason_subject, cid, is_read, created_at FROM ours.notifications;
INSERT INTO post_aggregations
SELECT post_uri, like_count * 2, repost_count + 1, 0, bookmark_count, quote_count FROM ours.post_aggregations;
-- A second like of the same post, which the older system counted as another.
INSERT INTO likes (uri, user_did, post_uri, created_at, commit_rev)
SELECT uri || 'z', user_did, post_uri, created_at, '3zzzzzzzzzz22' FROM ours.likes ORDER BY uri LIMIT 3;
