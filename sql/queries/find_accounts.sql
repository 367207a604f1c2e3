-- $1 DIDs. What stands here of each, and what time it is.
SELECT wanted.did, r.rev, r.state = 'fetching' IS TRUE AS fetching, r.active IS NOT FALSE AS active,
       r.status, r.account_source AS source, r.account_seq AS seq, r.deleted_at,
       u.did IS NOT NULL AND u.profile_cid IS NULL AS bare, now() AS now
FROM (SELECT DISTINCT unnest($1::text[])) AS wanted (did)
LEFT JOIN repos r ON r.did = ANY($1::text[]) AND r.did = wanted.did
LEFT JOIN users u ON u.did = ANY($1::text[]) AND u.did = wanted.did
