INSERT INTO bookmarks (uri, cid, user_did, post_uri, created_at, commit_rev)
SELECT uri, cid, user_did, post_uri, created_at, commit_rev FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[]) AS new (uri, cid, user_did, post_uri, created_at, commit_rev)
ORDER BY uri
ON CONFLICT DO NOTHING
RETURNING uri;

DELETE FROM bookmarks WHERE uri = ANY($1::text[])
RETURNING commit_rev IS NOT NULL AS counted, uri, post_uri, user_did;

SELECT uri AS key, cid AS cid FROM bookmarks
WHERE uri = ANY($1::text[]) AND commit_rev IS NOT NULL
UNION ALL
SELECT uri, row ->> 'cid' FROM duplicates WHERE uri = ANY($1::text[]);

SELECT uri AS key, cid AS cid, commit_rev AS rev, commit_rev IS NOT NULL AS adopted,
       false AS quiet
FROM bookmarks
WHERE uri = ANY($1::text[]);

SELECT held.* FROM unnest($1::text[], $2::text[]) AS edge (user_did, post_uri), LATERAL (
    SELECT uri, commit_rev IS NOT NULL AS adopted, user_did, post_uri FROM bookmarks t
    WHERE t.user_did = edge.user_did AND t.post_uri = edge.post_uri OFFSET 0
) AS held;

WITH gone AS (
    DELETE FROM bookmarks WHERE uri = ANY($1::text[]) RETURNING *
), kept AS (
    INSERT INTO duplicates (uri, kept_from, edge, row)
    SELECT uri, 'bookmarks', ARRAY[user_did, post_uri], to_jsonb(shelved)
    FROM (SELECT uri, cid, user_did, post_uri, created_at, commit_rev FROM gone WHERE commit_rev IS NOT NULL) AS shelved
    ON CONFLICT (uri) DO UPDATE SET edge = excluded.edge, row = excluded.row
)
SELECT commit_rev IS NOT NULL AS counted, uri, post_uri, user_did FROM gone;

INSERT INTO duplicates (uri, kept_from, edge, row)
SELECT uri, 'bookmarks', ARRAY[user_did, post_uri], to_jsonb(shelved)
FROM (SELECT uri, cid, user_did, post_uri, created_at, commit_rev FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[]) AS new (uri, cid, user_did, post_uri, created_at, commit_rev)) AS shelved
ON CONFLICT (uri) DO UPDATE SET edge = excluded.edge, row = excluded.row;

WITH next AS (
    DELETE FROM duplicates WHERE uri IN (
        SELECT min(d.uri) FROM duplicates d
        JOIN unnest($1::text[], $2::text[]) AS edge (user_did, post_uri)
        ON d.kept_from = 'bookmarks' AND d.edge = ARRAY[edge.user_did, edge.post_uri]
        GROUP BY d.edge
    ) RETURNING row
)
INSERT INTO bookmarks (uri, cid, user_did, post_uri, created_at, commit_rev)
SELECT live.uri, live.cid, live.user_did, live.post_uri, live.created_at, live.commit_rev
FROM next, jsonb_populate_record(NULL::bookmarks, next.row) AS live
ORDER BY live.uri
ON CONFLICT DO NOTHING
RETURNING uri, post_uri;

SELECT uri FROM bookmarks WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
ORDER BY uri LIMIT $2;
