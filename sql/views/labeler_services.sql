CREATE VIEW labeler_services AS
SELECT l.uri, l.cid, l.creator_did, l.policies,
       coalesce(a.like_count, 0) AS like_count, l.created_at, l.indexed_at
FROM labeler_service_records l
LEFT JOIN post_aggregations a ON a.post_uri = l.uri;
