INSERT INTO blocks (uri, cid, blocker_did, blocked_did, created_at, commit_time, commit_seq, commit_rev)
SELECT uri, cid, blocker_did, blocked_did, created_at, commit_time, commit_seq, commit_rev FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::bigint[], $8::text[]) AS new (uri, cid, blocker_did, blocked_did, created_at, commit_time, commit_seq, commit_rev)
ORDER BY uri
ON CONFLICT DO NOTHING
RETURNING uri;

DELETE FROM blocks WHERE uri = ANY($1::text[])
RETURNING commit_rev IS NOT NULL AS counted, uri, blocker_did, blocked_did;

SELECT uri AS key, cid AS cid FROM blocks
WHERE uri = ANY($1::text[]) AND commit_rev IS NOT NULL
UNION ALL
SELECT uri, row ->> 'cid' FROM duplicates WHERE uri = ANY($1::text[]);

SELECT uri AS key, cid AS cid, commit_rev AS rev, commit_rev IS NOT NULL AS adopted,
       false AS quiet
FROM blocks
WHERE uri = ANY($1::text[]);

SELECT held.* FROM unnest($1::text[], $2::text[]) AS edge (blocker_did, blocked_did), LATERAL (
    SELECT uri, commit_rev IS NOT NULL AS adopted, blocker_did, blocked_did FROM blocks t
    WHERE t.blocker_did = edge.blocker_did AND t.blocked_did = edge.blocked_did OFFSET 0
) AS held;

WITH gone AS (
    DELETE FROM blocks WHERE uri = ANY($1::text[]) RETURNING *
), kept AS (
    INSERT INTO duplicates (uri, kept_from, edge, row)
    SELECT uri, 'blocks', ARRAY[blocker_did, blocked_did], to_jsonb(shelved)
    FROM (SELECT uri, cid, blocker_did, blocked_did, created_at, commit_time, commit_seq, commit_rev FROM gone WHERE commit_rev IS NOT NULL) AS shelved
    ON CONFLICT (uri) DO UPDATE SET edge = excluded.edge, row = excluded.row
)
SELECT commit_rev IS NOT NULL AS counted, uri, blocker_did, blocked_did FROM gone;

INSERT INTO duplicates (uri, kept_from, edge, row)
SELECT uri, 'blocks', ARRAY[blocker_did, blocked_did], to_jsonb(shelved)
FROM (SELECT uri, cid, blocker_did, blocked_did, created_at, commit_time, commit_seq, commit_rev FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::bigint[], $8::text[]) AS new (uri, cid, blocker_did, blocked_did, created_at, commit_time, commit_seq, commit_rev)) AS shelved
ON CONFLICT (uri) DO UPDATE SET edge = excluded.edge, row = excluded.row;

WITH next AS (
    DELETE FROM duplicates WHERE uri IN (
        SELECT min(d.uri) FROM duplicates d
        JOIN unnest($1::text[], $2::text[]) AS edge (blocker_did, blocked_did)
        ON d.kept_from = 'blocks' AND d.edge = ARRAY[edge.blocker_did, edge.blocked_did]
        GROUP BY d.edge
    ) RETURNING row
)
INSERT INTO blocks (uri, cid, blocker_did, blocked_did, created_at, commit_time, commit_seq, commit_rev)
SELECT live.uri, live.cid, live.blocker_did, live.blocked_did, live.created_at, live.commit_time, live.commit_seq, live.commit_rev
FROM next, jsonb_populate_record(NULL::blocks, next.row) AS live
ORDER BY live.uri
ON CONFLICT DO NOTHING
RETURNING uri;

SELECT uri FROM blocks WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
ORDER BY uri LIMIT $2;
