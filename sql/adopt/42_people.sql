-- Whoever wrote a record, or was named by one of the graph, has a row. Of each repo we have a part.
INSERT INTO users (did)
SELECT named.did
FROM (
    SELECT author_did FROM posts
    UNION SELECT user_did FROM likes
    UNION SELECT user_did FROM reposts
    UNION SELECT unnest(ARRAY[follower_did, following_did]) FROM follows
    UNION SELECT unnest(ARRAY[blocker_did, blocked_did]) FROM blocks
    UNION SELECT blocker_did FROM list_blocks
    UNION SELECT creator_did FROM lists
    UNION SELECT unnest(ARRAY[split_part(uri, '/', 3), subject_did]) FROM list_items
    UNION SELECT creator_did FROM feed_generator_records
    UNION SELECT creator_did FROM labeler_service_records
    UNION SELECT creator_did FROM starter_packs
    UNION SELECT unnest(ARRAY[issuer_did, subject_did]) FROM verifications
    UNION SELECT owner_did FROM thread_gates
    UNION SELECT author_did FROM generic_records
) AS named (did)
WHERE NOT EXISTS (SELECT FROM users u WHERE u.did = named.did)
  AND NOT EXISTS (
      SELECT FROM user_settings s WHERE s.user_did = named.did AND s.data_collection_forbidden
  );

INSERT INTO repos (did) SELECT did FROM users;
