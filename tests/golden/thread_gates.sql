INSERT INTO thread_gates (post_uri, uri, cid, owner_did, allow, allow_mentions, allow_following, allow_followers, allow_list_members, allow_list_uris, hidden_replies, created_at)
SELECT post_uri, uri, cid, owner_did, allow, allow_mentions, allow_following, allow_followers, allow_list_members, allow_list_uris, hidden_replies, created_at FROM (SELECT post_uri, uri, cid, owner_did, allow::jsonb AS allow, allow_mentions, allow_following, allow_followers, allow_list_members, allow_list_uris::jsonb AS allow_list_uris, hidden_replies::jsonb AS hidden_replies, created_at FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::boolean[], $8::boolean[], $9::boolean[], $10::text[], $11::text[], $12::timestamptz[]) AS sent (post_uri, uri, cid, owner_did, allow, allow_mentions, allow_following, allow_followers, allow_list_members, allow_list_uris, hidden_replies, created_at)) AS new
ORDER BY post_uri
ON CONFLICT DO NOTHING
RETURNING post_uri;

DELETE FROM thread_gates WHERE post_uri = ANY($1::text[])
RETURNING true AS counted, post_uri, owner_did;

SELECT post_uri AS key, cid AS cid FROM thread_gates
WHERE post_uri = ANY($1::text[]);

SELECT post_uri AS key, cid AS cid, NULL AS rev, true AS adopted,
       false AS quiet
FROM thread_gates
WHERE post_uri = ANY($1::text[]);

SELECT uri FROM thread_gates WHERE post_uri >= 'at://' || $1 || '/' AND post_uri < 'at://' || $1 || '0'
ORDER BY post_uri LIMIT $2;
