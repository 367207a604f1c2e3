INSERT INTO reposts (uri, cid, user_did, post_uri, subject_cid, via, via_uri, created_at, commit_time, commit_seq, commit_rev)
SELECT uri, cid, user_did, post_uri, subject_cid, via, via_uri, created_at, commit_time, commit_seq, commit_rev FROM (SELECT uri, cid, user_did, post_uri, subject_cid, via::jsonb AS via, via_uri, created_at, commit_time, commit_seq, commit_rev FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[], $10::bigint[], $11::text[]) AS sent (uri, cid, user_did, post_uri, subject_cid, via, via_uri, created_at, commit_time, commit_seq, commit_rev)) AS new
ORDER BY uri
ON CONFLICT DO NOTHING
RETURNING uri;

DELETE FROM reposts WHERE uri = ANY($1::text[])
RETURNING commit_rev IS NOT NULL AS counted, uri, post_uri, via_uri, user_did;

SELECT uri AS key, cid AS cid FROM reposts
WHERE uri = ANY($1::text[]) AND commit_rev IS NOT NULL
UNION ALL
SELECT uri, row ->> 'cid' FROM duplicates WHERE uri = ANY($1::text[]);

SELECT uri AS key, cid AS cid, commit_rev AS rev, commit_rev IS NOT NULL AS adopted,
       commit_seq IS NULL AS quiet
FROM reposts
WHERE uri = ANY($1::text[]);

SELECT held.* FROM unnest($1::text[], $2::text[]) AS edge (user_did, post_uri), LATERAL (
    SELECT uri, commit_rev IS NOT NULL AS adopted, user_did, post_uri FROM reposts t
    WHERE t.user_did = edge.user_did AND t.post_uri = edge.post_uri OFFSET 0
) AS held;

WITH gone AS (
    DELETE FROM reposts WHERE uri = ANY($1::text[]) RETURNING *
), kept AS (
    INSERT INTO duplicates (uri, kept_from, edge, row)
    SELECT uri, 'reposts', ARRAY[user_did, post_uri], to_jsonb(shelved)
    FROM (SELECT uri, cid, user_did, post_uri, subject_cid, via, via_uri, created_at, commit_time, commit_seq, commit_rev FROM gone WHERE commit_rev IS NOT NULL) AS shelved
    ON CONFLICT (uri) DO UPDATE SET edge = excluded.edge, row = excluded.row
)
SELECT commit_rev IS NOT NULL AS counted, uri, post_uri, via_uri, user_did FROM gone;

INSERT INTO duplicates (uri, kept_from, edge, row)
SELECT uri, 'reposts', ARRAY[user_did, post_uri], to_jsonb(shelved)
FROM (SELECT uri, cid, user_did, post_uri, subject_cid, via, via_uri, created_at, commit_time, commit_seq, commit_rev FROM (SELECT uri, cid, user_did, post_uri, subject_cid, via::jsonb AS via, via_uri, created_at, commit_time, commit_seq, commit_rev FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[], $10::bigint[], $11::text[]) AS sent (uri, cid, user_did, post_uri, subject_cid, via, via_uri, created_at, commit_time, commit_seq, commit_rev)) AS new) AS shelved
ON CONFLICT (uri) DO UPDATE SET edge = excluded.edge, row = excluded.row;

WITH next AS (
    DELETE FROM duplicates WHERE uri IN (
        SELECT min(d.uri) FROM duplicates d
        JOIN unnest($1::text[], $2::text[]) AS edge (user_did, post_uri)
        ON d.kept_from = 'reposts' AND d.edge = ARRAY[edge.user_did, edge.post_uri]
        GROUP BY d.edge
    ) RETURNING row
)
INSERT INTO reposts (uri, cid, user_did, post_uri, subject_cid, via, via_uri, created_at, commit_time, commit_seq, commit_rev)
SELECT live.uri, live.cid, live.user_did, live.post_uri, live.subject_cid, live.via, live.via_uri, live.created_at, live.commit_time, live.commit_seq, live.commit_rev
FROM next, jsonb_populate_record(NULL::reposts, next.row) AS live
ORDER BY live.uri
ON CONFLICT DO NOTHING
RETURNING uri, post_uri, via_uri;

SELECT uri FROM reposts WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
ORDER BY uri LIMIT $2;
