-- What an older system may have made of a downgraded world: it noted the CIDs, and little else.
UPDATE users SET display_name = 'wrong', description = 'wrong', handle = 'wrong.test';
UPDATE posts
SET text = left(text, 3), langs = NULL, embed = NULL, facets = NULL, created_at = created_at + interval '2 hours';
UPDATE likes SET created_at = created_at + interval '2 hours';
UPDATE lists SET name = 'wrong';
UPDATE feed_generators SET display_name = 'wrong';
UPDATE labeler_services SET policies = '{}';
UPDATE starter_packs SET name = 'wrong', feeds = '[]';
UPDATE generic_records SET record = '{}';
UPDATE thread_gates SET allow_mentions = NOT allow_mentions;
-- Lost on the way.
DELETE FROM follows WHERE uri IN (SELECT uri FROM follows ORDER BY uri LIMIT 2);
-- Deleted long ago, and kept.
INSERT INTO reposts (uri, user_did, post_uri, created_at, indexed_at)
SELECT left(uri, -2) || 'zz', user_did, post_uri || 'z', created_at, indexed_at FROM reposts
ON CONFLICT DO NOTHING;
INSERT INTO posts (uri, cid, author_did, text, parent_uri, root_uri, created_at, indexed_at)
SELECT left(uri, -2) || 'zz', cid, author_did, text, uri, uri, created_at, indexed_at FROM posts
ON CONFLICT DO NOTHING;
INSERT INTO generic_records (uri, cid, author_did, record_type, record, created_at)
SELECT uri || 'z', cid, author_did, record_type, record, created_at FROM generic_records;
INSERT INTO labeler_services (uri, cid, creator_did, policies, created_at)
SELECT uri || 'z', cid, creator_did, policies, created_at FROM labeler_services;
-- One from a clock that was ahead.
UPDATE posts SET indexed_at = now() + interval '1 day' WHERE uri = (SELECT min(uri) FROM posts);
UPDATE notifications SET is_read = true;
