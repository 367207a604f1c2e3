-- $1 DIDs. The gate: what stands in `repos`, locked until the transaction ends.
SELECT did, rev, data, active, status, account_source, account_seq, deleted_at, state,
       did IN (
           SELECT s.user_did FROM user_settings s
           WHERE s.user_did = ANY($1::text[]) AND s.data_collection_forbidden
       ) AS opted_out
FROM repos
WHERE did = ANY($1::text[])
ORDER BY did
FOR UPDATE
