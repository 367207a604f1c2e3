-- $1 a DID. Its records that stand, by URI, in the version that stands: also those that wait for
-- their edge, and nothing that readers stored ahead. Of a label kept as a record the version is not
-- known. Everything is reached by a range of its key.
SELECT uri, cid FROM blocks
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0' AND commit_rev IS NOT NULL
UNION ALL
SELECT uri, cid FROM bookmarks
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0' AND commit_rev IS NOT NULL
UNION ALL
SELECT uri, row ->> 'cid' FROM duplicates
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
UNION ALL
SELECT uri, cid FROM feed_generator_records
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
UNION ALL
SELECT uri, cid FROM follows
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0' AND commit_rev IS NOT NULL
UNION ALL
SELECT uri, cid FROM generic_records
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
UNION ALL
SELECT uri, cid FROM labeler_service_records
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
UNION ALL
SELECT uri, NULL FROM labels
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
UNION ALL
SELECT uri, cid FROM likes
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0' AND commit_rev IS NOT NULL
UNION ALL
SELECT uri, cid FROM list_blocks
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
UNION ALL
SELECT uri, cid FROM list_items
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
UNION ALL
SELECT uri, cid FROM lists
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
UNION ALL
SELECT uri, cid FROM post_gates
WHERE post_uri >= 'at://' || $1 || '/' AND post_uri < 'at://' || $1 || '0'
UNION ALL
SELECT uri, cid FROM posts
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0' AND commit_rev IS NOT NULL
UNION ALL
SELECT uri, cid FROM reposts
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0' AND commit_rev IS NOT NULL
UNION ALL
SELECT uri, cid FROM starter_packs
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
UNION ALL
SELECT uri, cid FROM thread_gates
WHERE post_uri >= 'at://' || $1 || '/' AND post_uri < 'at://' || $1 || '0'
UNION ALL
SELECT uri, cid FROM verifications
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
UNION ALL
SELECT 'at://' || did || '/app.bsky.actor.profile/self', profile_cid FROM users
WHERE did = $1 AND profile_cid IS NOT NULL
