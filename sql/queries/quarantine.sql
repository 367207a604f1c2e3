-- One array a column. What is refused again is kept once; of those who opted out, nothing.
INSERT INTO quarantine (source, seq, did, uri, reason, detail, frame, record, rev, time)
SELECT $1, new.seq, new.did, new.uri, new.reason, new.detail, new.frame, new.record, new.rev, new.time
FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::bytea[],
            $9::text[], $10::timestamptz[])
     AS new (seq, did, uri, reason, detail, frame, record, rev, time)
WHERE (
    SELECT true FROM user_settings s WHERE s.user_did = new.did AND s.data_collection_forbidden
) IS NOT TRUE
ON CONFLICT DO NOTHING
