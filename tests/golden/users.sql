UPDATE users AS t SET display_name = new.display_name, avatar_url = new.avatar_url, banner_url = new.banner_url, description = new.description, profile_record = new.profile_record, profile_cid = new.profile_cid, profile_created_at = new.profile_created_at, pinned_post = new.pinned_post, joined_via_starter_pack = new.joined_via_starter_pack, indexed_at = now()
FROM (SELECT did, display_name, avatar_url, banner_url, description, profile_record::jsonb AS profile_record, profile_cid, profile_created_at, pinned_post::jsonb AS pinned_post, joined_via_starter_pack FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::text[], $10::text[]) AS sent (did, display_name, avatar_url, banner_url, description, profile_record, profile_cid, profile_created_at, pinned_post, joined_via_starter_pack)) AS new
WHERE t.did = ANY($1::text[]) AND t.did = new.did
RETURNING t.did;

WITH gone AS (
    SELECT * FROM users WHERE did = ANY($1::text[]) FOR UPDATE
), blank AS (
    UPDATE users SET display_name = NULL, avatar_url = NULL, banner_url = NULL, description = NULL, profile_record = NULL, profile_cid = NULL, profile_created_at = NULL, pinned_post = NULL, joined_via_starter_pack = NULL WHERE did = ANY($2::text[])
)
SELECT true AS counted, did, joined_via_starter_pack FROM gone;

SELECT did AS key, profile_cid AS cid FROM users
WHERE did = ANY($1::text[]);

SELECT 'at://' || did || '/app.bsky.actor.profile/self' AS uri FROM users
WHERE did = $1 AND profile_record IS NOT NULL LIMIT $2;
