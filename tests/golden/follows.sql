INSERT INTO follows (uri, cid, follower_did, following_did, created_at, commit_time, commit_seq, commit_rev)
SELECT uri, cid, follower_did, following_did, created_at, commit_time, commit_seq, commit_rev FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::bigint[], $8::text[]) AS new (uri, cid, follower_did, following_did, created_at, commit_time, commit_seq, commit_rev)
ORDER BY uri
ON CONFLICT DO NOTHING
RETURNING uri;

DELETE FROM follows WHERE uri = ANY($1::text[])
RETURNING commit_rev IS NOT NULL AS counted, uri, following_did, follower_did;

SELECT uri AS key, cid AS cid FROM follows
WHERE uri = ANY($1::text[]) AND commit_rev IS NOT NULL
UNION ALL
SELECT uri, row ->> 'cid' FROM duplicates WHERE uri = ANY($1::text[]);

SELECT uri AS key, cid AS cid, commit_rev AS rev, commit_rev IS NOT NULL AS adopted,
       commit_seq IS NULL AS quiet
FROM follows
WHERE uri = ANY($1::text[]);

SELECT held.* FROM unnest($1::text[], $2::text[]) AS edge (follower_did, following_did), LATERAL (
    SELECT uri, commit_rev IS NOT NULL AS adopted, follower_did, following_did FROM follows t
    WHERE t.follower_did = edge.follower_did AND t.following_did = edge.following_did OFFSET 0
) AS held;

WITH gone AS (
    DELETE FROM follows WHERE uri = ANY($1::text[]) RETURNING *
), kept AS (
    INSERT INTO duplicates (uri, kept_from, edge, row)
    SELECT uri, 'follows', ARRAY[follower_did, following_did], to_jsonb(shelved)
    FROM (SELECT uri, cid, follower_did, following_did, created_at, commit_time, commit_seq, commit_rev FROM gone WHERE commit_rev IS NOT NULL) AS shelved
    ON CONFLICT (uri) DO UPDATE SET edge = excluded.edge, row = excluded.row
)
SELECT commit_rev IS NOT NULL AS counted, uri, following_did, follower_did FROM gone;

INSERT INTO duplicates (uri, kept_from, edge, row)
SELECT uri, 'follows', ARRAY[follower_did, following_did], to_jsonb(shelved)
FROM (SELECT uri, cid, follower_did, following_did, created_at, commit_time, commit_seq, commit_rev FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::bigint[], $8::text[]) AS new (uri, cid, follower_did, following_did, created_at, commit_time, commit_seq, commit_rev)) AS shelved
ON CONFLICT (uri) DO UPDATE SET edge = excluded.edge, row = excluded.row;

WITH next AS (
    DELETE FROM duplicates WHERE uri IN (
        SELECT min(d.uri) FROM duplicates d
        JOIN unnest($1::text[], $2::text[]) AS edge (follower_did, following_did)
        ON d.kept_from = 'follows' AND d.edge = ARRAY[edge.follower_did, edge.following_did]
        GROUP BY d.edge
    ) RETURNING row
)
INSERT INTO follows (uri, cid, follower_did, following_did, created_at, commit_time, commit_seq, commit_rev)
SELECT live.uri, live.cid, live.follower_did, live.following_did, live.created_at, live.commit_time, live.commit_seq, live.commit_rev
FROM next, jsonb_populate_record(NULL::follows, next.row) AS live
ORDER BY live.uri
ON CONFLICT DO NOTHING
RETURNING uri, following_did, follower_did;

SELECT uri FROM follows WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
ORDER BY uri LIMIT $2;
