-- Rows of the older system that show what it did wrong. Who: alice, bob, carol and a labeler.
INSERT INTO users (did, handle, display_name, avatar_url, banner_url, profile_record, pinned_post) VALUES
-- Blobs as bytes, as Python shows them, and as hex; JSON with Python's names.
('did:plc:aliceaaaaaaaaaaaaaaaaaaa', 'Alice.test', 'Alice',
 $$b'\x01U\x12 \x12\xfb\xae\x18\xfaV\x95\x0ca\t\x93l\x1e\xe2\x01\x88\xe2r\x0e\xdf\x96\xdd"\xb9\xb7\xc6\xc9\xe0^+\xca\xd1'$$,
 '0155122012fbae18fa56950c6109936c1ee20188e2720edf96dd22b9b7c6c9e05e2bcad1',
 '{"py_type": "app.bsky.actor.profile", "display_name": "Alice", "created_at": "2026-01-01T00:00:00Z",
   "labels": null, "avatar": {"py_type": "blob", "mime_type": "image/png", "size": 1,
   "ref": {"link": "bafkreias7oxbr6swsuggccmtnqpoeami4jza5x4w3urltn6gzhqf4k6k2e"}},
   "joined_via_starter_pack": {"uri": "at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.graph.starterpack/3kaaaaaaaab2a", "cid": "bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq"}}',
 '{"uri": "at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3kaaaaaaaab2a", "cid": "bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq"}'),
-- A handle that two claim; a blob that is a URL; one that nobody can read.
('did:plc:bobbbbbbbbbbbbbbbbbbbbbb', 'famous.test', 'Bob',
 'https://cdn.test/img/avatar/plain/did:plc:bob/bafkreias7oxbr6swsuggccmtnqpoeami4jza5x4w3urltn6gzhqf4k6k2e@jpeg',
 'b''\x01', NULL, NULL),
('did:plc:carolccccccccccccccccccc', 'famous.test', 'Carol',
 'bafkreias7oxbr6swsuggccmtnqpoeami4jza5x4w3urltn6gzhqf4k6k2e', NULL, NULL, NULL),
-- No DID at all.
('undefined', 'handle.invalid', NULL, NULL, NULL, NULL, NULL);

INSERT INTO posts (uri, cid, author_did, text, langs, parent_uri, root_uri, embed, created_at, indexed_at, commit_time, commit_seq, commit_rev, violates_thread_gate, has_thread_gate) VALUES
-- Times without a zone; a json with a zero in it; found by no search.
('at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3kaaaaaaaab2a', 'bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq', 'did:plc:aliceaaaaaaaaaaaaaaaaaaa', 'the first post', '["en", "a\u0000b"]', NULL, NULL, NULL,
 '2026-01-02 03:04:05.678', '2026-01-02 03:04:06', '2026-01-02 03:04:06', 30000000001, '3kaaaaaaaab2a', false, false),
-- A reply that the gate keeps out, and nobody noticed; without a rev; '' for no URI.
('at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.feed.post/3kaaaaaaaac2a', 'bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq', 'did:plc:bobbbbbbbbbbbbbbbbbbbbbb', 'a reply', NULL,
 'at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3kaaaaaaaab2a', 'at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3kaaaaaaaab2a', NULL,
 '2026-01-02 04:00:00', '2026-01-02 04:00:01', NULL, NULL, NULL, false, false),
-- A quote with Python's names, which is in no table of quotes; said to be kept out, and is not.
('at://did:plc:carolccccccccccccccccccc/app.bsky.feed.post/3kaaaaaaaad2a', 'bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq', 'did:plc:carolccccccccccccccccccc', 'a quote', NULL, '', '',
 '{"py_type": "app.bsky.embed.recordWithMedia", "media": {"py_type": "app.bsky.embed.images", "images": [{"alt": "\"some_thing\": 1", "aspect_ratio": {"width": 1, "height": 2}}]}, "record": {"py_type": "app.bsky.embed.record", "record": {"uri": "at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3kaaaaaaaab2a", "cid": "bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq"}}}',
 '2026-01-02 05:00:00', '2026-01-02 05:00:01', '2026-01-02 05:00:01', 30000000003, '3kaaaaaaaad2a', true, true),
-- A reader stored it after the last event that was read: its commit is to come.
('at://did:plc:carolccccccccccccccccccc/app.bsky.feed.post/3kaaaaaaaae2a', 'bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq', 'did:plc:carolccccccccccccccccccc', 'ahead', NULL,
 'at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3kaaaaaaaab2a', 'at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3kaaaaaaaab2a', NULL,
 '2026-01-03 05:00:00', '2026-01-03 05:00:01', NULL, NULL, NULL, false, false),
-- A quote whose embed was lost.
('at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.feed.post/3kaaaaaaaaf2a', 'bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq', 'did:plc:bobbbbbbbbbbbbbbbbbbbbbb', 'a quote without', NULL, NULL, NULL, NULL,
 '2026-01-02 06:00:00', '2026-01-02 06:00:01', '2026-01-02 06:00:01', 30000000004, '3kaaaaaaaaf2a', false, false),
-- Somebody else's, by its URI.
('at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.feed.post/3kaaaaaaaag2a', 'bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq', 'did:plc:carolccccccccccccccccccc', 'whose', NULL, NULL, NULL, NULL,
 '2026-01-02 06:00:00', '2026-01-02 06:00:01', NULL, NULL, NULL, false, false);

INSERT INTO quotes (uri, cid, post_uri, quoted_uri, created_at) VALUES
('at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.feed.post/3kaaaaaaaaf2a#quote', 'bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq', 'at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.feed.post/3kaaaaaaaaf2a', 'at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3kaaaaaaaab2a', '2026-01-02 06:00:00'),
-- Its post was deleted.
('at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.feed.post/3kaaaaaaaaz2a#quote', 'bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq', 'at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.feed.post/3kaaaaaaaaz2a', 'at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3kaaaaaaaab2a', '2026-01-02 06:00:00');

INSERT INTO likes (uri, user_did, post_uri, via, created_at, indexed_at, commit_time, commit_seq, commit_rev) VALUES
-- Twice, of which the one with the smaller URI counts; a third, stored ahead.
('at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.feed.like/3kaaaaaaaab2a', 'did:plc:bobbbbbbbbbbbbbbbbbbbbbb', 'at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3kaaaaaaaab2a', '{"uri": "at://did:plc:carolccccccccccccccccccc/app.bsky.feed.repost/3kaaaaaaaab2a", "cid": "bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq"}', '2026-01-02 07:00:00', '2026-01-02 07:00:01', '2026-01-02 07:00:01', 30000000005, '3kaaaaaaaab2a'),
('at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.feed.like/3kaaaaaaaac2a', 'did:plc:bobbbbbbbbbbbbbbbbbbbbbb', 'at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3kaaaaaaaab2a', NULL, '2026-01-02 07:00:00', '2026-01-02 07:00:01', '2026-01-02 07:00:01', 30000000006, '3kaaaaaaaac2a'),
('at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.feed.like/3kaaaaaaaaa2a', 'did:plc:bobbbbbbbbbbbbbbbbbbbbbb', 'at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3kaaaaaaaab2a', NULL, '2026-01-03 07:00:00', '2026-01-03 07:00:01', NULL, NULL, NULL),
-- Without a rev, of long ago; of a generator; by somebody who has no row.
('at://did:plc:carolccccccccccccccccccc/app.bsky.feed.like/3kaaaaaaaad2a', 'did:plc:carolccccccccccccccccccc', 'at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3kaaaaaaaab2a', NULL, '2026-01-01 07:00:00', '2026-01-01 07:00:01', NULL, NULL, NULL),
('at://did:plc:daveddddddddddddddddddddd/app.bsky.feed.like/3kaaaaaaaae2a', 'did:plc:daveddddddddddddddddddddd', 'at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.feed.generator/news', NULL, '2026-01-01 07:00:00', '2026-01-01 07:00:01', NULL, NULL, NULL),
-- No URI of a like.
('like:1', 'did:plc:carolccccccccccccccccccc', 'at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3kaaaaaaaac2a', NULL, '2026-01-01 07:00:00', '2026-01-01 07:00:01', NULL, NULL, NULL);

INSERT INTO reposts (uri, user_did, post_uri, created_at, indexed_at, commit_rev) VALUES
('at://did:plc:carolccccccccccccccccccc/app.bsky.feed.repost/3kaaaaaaaab2a', 'did:plc:carolccccccccccccccccccc', 'at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3kaaaaaaaab2a', '2099-01-01 00:00:00', '2026-01-02 08:00:01', '3kaaaaaaaaf2a');
INSERT INTO bookmarks VALUES
('bookmark:1', 'did:plc:carolccccccccccccccccccc', 'at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3kaaaaaaaab2a', '2026-01-02 08:00:00');

INSERT INTO follows (uri, follower_did, following_did, created_at, indexed_at, commit_rev) VALUES
('at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.graph.follow/3kaaaaaaaab2a', 'did:plc:bobbbbbbbbbbbbbbbbbbbbbb', 'did:plc:carolccccccccccccccccccc', '2026-01-02 08:00:00', '2026-01-02 08:00:01', NULL),
('at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.graph.follow/3kaaaaaaaac2a', 'did:plc:bobbbbbbbbbbbbbbbbbbbbbb', 'did:plc:eveeeeeeeeeeeeeeeeeeeeee', '2026-01-02 08:00:00', '2026-01-02 08:00:01', '3kaaaaaaaac2a'),
('at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.graph.follow/3kaaaaaaaad2a', 'did:plc:bobbbbbbbbbbbbbbbbbbbbbb', 'somebody.test', '2026-01-02 08:00:00', '2026-01-02 08:00:01', '3kaaaaaaaac2a');
INSERT INTO blocks (uri, blocker_did, blocked_did, created_at) VALUES
('at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.graph.block/3kaaaaaaaab2a', 'did:plc:aliceaaaaaaaaaaaaaaaaaaa', 'did:plc:eveeeeeeeeeeeeeeeeeeeeee', '2026-01-02 08:00:00');

INSERT INTO lists (uri, cid, creator_did, name, purpose, avatar_url, created_at) VALUES
('at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.graph.list/3kaaaaaaaab2a', 'bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq', 'did:plc:aliceaaaaaaaaaaaaaaaaaaa', 'friends', 'app.bsky.graph.defs#curatelist', '\x0155122012fbae18fa56950c6109936c1ee20188e2720edf96dd22b9b7c6c9e05e2bcad1', '2026-01-02 08:00:00');
INSERT INTO list_items (uri, cid, list_uri, subject_did, created_at) VALUES
('at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.graph.listitem/3kaaaaaaaab2a', 'bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq', 'at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.graph.list/3kaaaaaaaab2a', 'did:plc:carolccccccccccccccccccc', '2026-01-02 08:00:00'),
('at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.graph.listitem/3kaaaaaaaac2a', 'bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq', 'at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.graph.list/3kaaaaaaaab2a', 'did:plc:carolccccccccccccccccccc', '2026-01-02 08:00:00'),
-- Bob puts himself on Alice's list.
('at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.graph.listitem/3kaaaaaaaab2a', 'bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq', 'at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.graph.list/3kaaaaaaaab2a', 'did:plc:bobbbbbbbbbbbbbbbbbbbbbb', '2026-01-02 08:00:00');
INSERT INTO list_blocks (uri, blocker_did, list_uri, created_at) VALUES
('at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.graph.listblock/3kaaaaaaaab2a', 'did:plc:bobbbbbbbbbbbbbbbbbbbbbb', 'at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.graph.list/3kaaaaaaaab2a', '2026-01-02 08:00:00');

INSERT INTO feed_generators (uri, cid, creator_did, did, display_name, like_count, created_at) VALUES
('at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.feed.generator/news', 'bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq', 'did:plc:bobbbbbbbbbbbbbbbbbbbbbb', 'did:web:feeds.test', 'News', 99, '2026-01-02 08:00:00');
INSERT INTO labeler_services (uri, cid, creator_did, policies, created_at) VALUES
('at://did:plc:labelerlllllllllllllllll/app.bsky.labeler.service/self', 'bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq', 'did:plc:labelerlllllllllllllllll', '{"label_values": ["rude"], "label_value_definitions": [{"identifier": "rude", "severity": "alert", "locales": []}]}', '2026-01-02 08:00:00');
INSERT INTO starter_packs (uri, cid, creator_did, name, feeds, created_at) VALUES
('at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.graph.starterpack/3kaaaaaaaab2a', 'bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq', 'did:plc:bobbbbbbbbbbbbbbbbbbbbbb', 'Begin', '[{"uri": "at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.feed.generator/news"}]', '2026-01-02 08:00:00');
INSERT INTO verifications (uri, cid, subject_did, handle, verified_at, created_at) VALUES
('at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.graph.verification/3kaaaaaaaab2a', 'bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq', 'did:plc:bobbbbbbbbbbbbbbbbbbbbbb', 'bob.test', '2026-01-02 08:00:00', '2026-01-02 08:00:00');

INSERT INTO thread_gates VALUES
('at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3kaaaaaaaab2a', 'did:plc:aliceaaaaaaaaaaaaaaaaaaa', true, false, true, '["at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.graph.list/3kaaaaaaaab2a"]', '2026-01-02 08:00:00'),
-- Nobody, or everybody? And one on somebody else's post.
('at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.feed.post/3kaaaaaaaaf2a', 'did:plc:bobbbbbbbbbbbbbbbbbbbbbb', false, false, false, '[]', '2026-01-02 08:00:00'),
('at://did:plc:carolccccccccccccccccccc/app.bsky.feed.post/3kaaaaaaaad2a', 'did:plc:bobbbbbbbbbbbbbbbbbbbbbb', false, false, false, '[]', '2026-01-02 08:00:00');
INSERT INTO post_gates VALUES
('at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3kaaaaaaaab2a', '{"disable_rule": false, "detached_embedding_uris": ["at://did:plc:carolccccccccccccccccccc/app.bsky.feed.post/3kaaaaaaaad2a"]}', '2026-01-02 08:00:00');
INSERT INTO generic_records (uri, cid, author_did, record_type, record, created_at) VALUES
('at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/org.example.thing/1', 'bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq', 'did:plc:aliceaaaaaaaaaaaaaaaaaaa', 'org.example.thing', '{"$type": "org.example.thing", "own_name": "a\u0000b"}', '2026-01-02 08:00:00'),
('at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.feed.like/3kaaaaaaaaz2a', 'bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq', 'did:plc:aliceaaaaaaaaaaaaaaaaaaa', 'app.bsky.feed.like', '{}', '2026-01-02 08:00:00');

INSERT INTO labels (uri, src, subject, val, neg, created_at) VALUES
-- One identity thrice under made-up keys, taken back in the end; two in one millisecond; a record's.
('label:1700000000001', 'did:plc:labelerlllllllllllllllll', 'did:plc:bobbbbbbbbbbbbbbbbbbbbbb', 'rude', false, '2026-01-02 08:00:00'),
('label:1700000000002', 'did:plc:labelerlllllllllllllllll', 'did:plc:bobbbbbbbbbbbbbbbbbbbbbb', 'rude', false, '2026-01-02 09:00:00'),
('label:1700000000003', 'did:plc:labelerlllllllllllllllll', 'did:plc:bobbbbbbbbbbbbbbbbbbbbbb', 'rude', true, '2026-01-02 10:00:00'),
('label:1700000000004', 'did:plc:aliceaaaaaaaaaaaaaaaaaaa', 'did:plc:bobbbbbbbbbbbbbbbbbbbbbb', 'rude', false, '2026-01-02 09:00:00'),
('at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/com.atproto.label.label/3kaaaaaaaab2a', 'did:plc:labelerlllllllllllllllll', 'did:plc:carolccccccccccccccccccc', 'kind', false, '2026-01-02 09:00:00'),
('label:1700000000006', 'did:plc:labelerlllllllllllllllll', 'did:plc:bobbbbbbbbbbbbbbbbbbbbbb', '', false, '2026-01-02 09:00:00'),
('label:1700000000005', 'system', 'did:plc:bobbbbbbbbbbbbbbbbbbbbbb', 'rude', false, '2026-01-02 09:00:00');
INSERT INTO label_definitions (value, severity) VALUES ('spam', 'inform'), ('rude', 'high');
INSERT INTO label_events (label_uri, action) VALUES
('label:1700000000001', 'created'), ('label:1699999999999', 'deleted'), ('label:1700000000003', 'changed');

INSERT INTO notifications (id, uri, recipient_did, author_did, reason, reason_subject, is_read, created_at) VALUES
(2000000000, 'at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.feed.like/3kaaaaaaaab2a#notification', 'did:plc:aliceaaaaaaaaaaaaaaaaaaa', 'did:plc:bobbbbbbbbbbbbbbbbbbbbbb', 'like', 'at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3kaaaaaaaab2a', true, '2026-01-02 07:00:00'),
-- Of a like that was taken back; of a post that is not there.
(7, 'at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.feed.like/3kaaaaaaaaz2a#notification', 'did:plc:aliceaaaaaaaaaaaaaaaaaaa', 'did:plc:bobbbbbbbbbbbbbbbbbbbbbb', 'like', 'at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3kaaaaaaaab2a', false, '2026-01-02 07:00:00'),
(8, 'at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.feed.post/3kaaaaaaaac2a#notification', 'did:plc:aliceaaaaaaaaaaaaaaaaaaa', 'did:plc:bobbbbbbbbbbbbbbbbbbbbbb', 'reply', 'at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3kaaaaaaaaz2a', false, '2026-01-02 07:00:00');

-- Counts raised again on replay, never taken back, or missing; zombies in what was derived.
INSERT INTO post_aggregations VALUES
('at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3kaaaaaaaab2a', 17, 0, 3, 1, 0),
('at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.feed.post/3kaaaaaaaac2a', 0, 0, 0, 0, 0),
('at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.feed.post/3kaaaaaaaaz2a', 1, 1, 1, 1, 1);
INSERT INTO feed_items VALUES
('at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.feed.post/3kaaaaaaaaz2a', 'at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.feed.post/3kaaaaaaaaz2a', 'did:plc:bobbbbbbbbbbbbbbbbbbbbbb', 'post', '2026-01-02 07:00:00', 'x', '2026-01-02 07:00:00');
-- Unliking erased the repost.
INSERT INTO post_viewer_states (post_uri, viewer_did) VALUES
('at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3kaaaaaaaab2a', 'did:plc:carolccccccccccccccccccc');
INSERT INTO thread_contexts (post_uri) VALUES
('at://did:plc:aliceaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3kaaaaaaaab2a');

INSERT INTO user_settings (user_did, data_collection_forbidden, feed_preferences, last_likes_backfill) VALUES
('did:plc:frankffffffffffffffffff', true, '{"some_key": 1}', '2026-01-01 00:00:00');
INSERT INTO firehose_cursor (service, cursor, last_event_time) VALUES
('bsky.network', '30000000009', '2026-01-02 12:00:00'), ('wss://bsky.network/', '30000000008', '2026-01-02 11:00:00'),
('firehose', '30000000007', NULL);
UPDATE firehose_cursor SET updated_at = '2026-01-02 12:00:00';

INSERT INTO thread_mutes (uri, muter_did, thread_root_uri) VALUES
('mute:1', 'did:plc:aliceaaaaaaaaaaaaaaaaaaa', 'at://did:plc:bobbbbbbbbbbbbbbbbbbbbbb/app.bsky.feed.post/3kaaaaaaaaf2a');
INSERT INTO user_preferences VALUES ('did:plc:aliceaaaaaaaaaaaaaaaaaaa', '["dark"]');
INSERT INTO sessions VALUES ('one', 'did:plc:aliceaaaaaaaaaaaaaaaaaaa');
