-- $1 a DID. Its records that stand, by URI, in the version that stands: also those that wait for
-- their edge, and nothing that readers stored ahead. Of a label kept as a record the version is not
-- known, nor of what was adopted: the older system may have made anything of the record that it noted
-- the CID of. Such a row was indexed before this database was ours. Everything is reached by a range of
-- its key.
WITH adopted (at) AS (
    SELECT min(applied_at) FROM schema_version WHERE to_regclass('adopted.report') IS NOT NULL
)
SELECT uri, cid FROM blocks
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0' AND commit_rev IS NOT NULL
UNION ALL
SELECT uri, cid FROM bookmarks
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0' AND commit_rev IS NOT NULL
UNION ALL
SELECT uri, CASE WHEN indexed_at <= (SELECT at FROM adopted) THEN NULL ELSE row ->> 'cid' END
FROM duplicates
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
UNION ALL
SELECT uri, CASE WHEN indexed_at <= (SELECT at FROM adopted) THEN NULL ELSE cid END
FROM feed_generator_records
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
UNION ALL
SELECT uri, cid FROM follows
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0' AND commit_rev IS NOT NULL
UNION ALL
SELECT uri, CASE WHEN indexed_at <= (SELECT at FROM adopted) THEN NULL ELSE cid END
FROM generic_records
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
UNION ALL
SELECT uri, CASE WHEN indexed_at <= (SELECT at FROM adopted) THEN NULL ELSE cid END
FROM labeler_service_records
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
SELECT uri, CASE WHEN indexed_at <= (SELECT at FROM adopted) THEN NULL ELSE cid END
FROM list_items
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
UNION ALL
SELECT uri, CASE WHEN indexed_at <= (SELECT at FROM adopted) THEN NULL ELSE cid END
FROM lists
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
UNION ALL
SELECT uri, cid FROM post_gates
WHERE post_uri >= 'at://' || $1 || '/' AND post_uri < 'at://' || $1 || '0'
UNION ALL
SELECT uri, CASE WHEN indexed_at <= (SELECT at FROM adopted) THEN NULL ELSE cid END
FROM posts
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0' AND commit_rev IS NOT NULL
UNION ALL
SELECT uri, cid FROM reposts
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0' AND commit_rev IS NOT NULL
UNION ALL
SELECT uri, CASE WHEN indexed_at <= (SELECT at FROM adopted) THEN NULL ELSE cid END
FROM starter_packs
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
UNION ALL
SELECT uri, cid FROM thread_gates
WHERE post_uri >= 'at://' || $1 || '/' AND post_uri < 'at://' || $1 || '0'
UNION ALL
SELECT uri, cid FROM verifications
WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
UNION ALL
SELECT 'at://' || did || '/app.bsky.actor.profile/self', profile_cid FROM users
WHERE did = $1 AND num_nonnulls(
    profile_cid, display_name, avatar_url, banner_url, description, profile_record, pinned_post,
    joined_via_starter_pack
) > 0
