INSERT INTO labeler_service_records (uri, cid, creator_did, policies, created_at, indexed_at)
SELECT uri, cid, creator_did, policies, created_at, indexed_at
FROM older.labeler_services WHERE refused IS NULL;
