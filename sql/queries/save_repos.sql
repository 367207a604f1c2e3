-- One array a column, of the repos that a batch moved; they are locked already.
UPDATE repos
SET rev = new.rev, data = new.data, active = new.active, status = new.status,
    account_source = new.account_source, account_seq = new.account_seq,
    deleted_at = new.deleted_at, state = new.state, indexed_at = now()
FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[], $5::text[], $6::text[],
            $7::bigint[], $8::timestamptz[], $9::text[])
     AS new (did, rev, data, active, status, account_source, account_seq, deleted_at, state)
WHERE repos.did = ANY($1::text[]) AND repos.did = new.did
