-- One array a column, each identity once. The latest wins, and of equal ones the later in the
-- stream; what comes again changes nothing. Of sources who opted out, nothing is stored. Returns
-- the keys that changed.
INSERT INTO labels AS stored (uri, src, subject, val, neg, cid, exp, created_at, block, sig, seq)
SELECT new.*
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::text[],
            $7::timestamptz[], $8::timestamptz[], $9::bytea[], $10::bytea[], $11::bigint[])
     AS new (uri, src, subject, val, neg, cid, exp, created_at, block, sig, seq)
WHERE (
    SELECT true FROM user_settings s WHERE s.user_did = new.src AND s.data_collection_forbidden
) IS NOT TRUE
ORDER BY uri
ON CONFLICT (uri) DO UPDATE
SET neg = excluded.neg, cid = excluded.cid, exp = excluded.exp, created_at = excluded.created_at,
    block = excluded.block, sig = excluded.sig, seq = excluded.seq, expired = false,
    indexed_at = now()
WHERE (stored.created_at, stored.seq) < (excluded.created_at, excluded.seq)
RETURNING uri
