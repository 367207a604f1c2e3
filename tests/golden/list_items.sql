INSERT INTO list_items (uri, cid, list_uri, subject_did, created_at)
SELECT uri, cid, list_uri, subject_did, created_at FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[]) AS new (uri, cid, list_uri, subject_did, created_at)
ORDER BY uri
ON CONFLICT DO NOTHING
RETURNING uri;

DELETE FROM list_items WHERE uri = ANY($1::text[])
RETURNING true AS counted, uri, list_uri, subject_did;

SELECT uri AS key, cid AS cid FROM list_items
WHERE uri = ANY($1::text[])
UNION ALL
SELECT uri, row ->> 'cid' FROM duplicates WHERE uri = ANY($1::text[]);

SELECT uri AS key, cid AS cid, NULL AS rev, true AS adopted,
       false AS quiet
FROM list_items
WHERE uri = ANY($1::text[]);

SELECT held.* FROM unnest($1::text[], $2::text[]) AS edge (list_uri, subject_did), LATERAL (
    SELECT uri, true AS adopted, list_uri, subject_did FROM list_items t
    WHERE t.list_uri = edge.list_uri AND t.subject_did = edge.subject_did OFFSET 0
) AS held;

WITH gone AS (
    DELETE FROM list_items WHERE uri = ANY($1::text[]) RETURNING *
), kept AS (
    INSERT INTO duplicates (uri, kept_from, edge, row)
    SELECT uri, 'list_items', ARRAY[list_uri, subject_did], to_jsonb(shelved)
    FROM (SELECT uri, cid, list_uri, subject_did, created_at FROM gone) AS shelved
    ON CONFLICT (uri) DO UPDATE SET edge = excluded.edge, row = excluded.row
)
SELECT true AS counted, uri, list_uri, subject_did FROM gone;

INSERT INTO duplicates (uri, kept_from, edge, row)
SELECT uri, 'list_items', ARRAY[list_uri, subject_did], to_jsonb(shelved)
FROM (SELECT uri, cid, list_uri, subject_did, created_at FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[]) AS new (uri, cid, list_uri, subject_did, created_at)) AS shelved
ON CONFLICT (uri) DO UPDATE SET edge = excluded.edge, row = excluded.row;

WITH next AS (
    DELETE FROM duplicates WHERE uri IN (
        SELECT min(d.uri) FROM duplicates d
        JOIN unnest($1::text[], $2::text[]) AS edge (list_uri, subject_did)
        ON d.kept_from = 'list_items' AND d.edge = ARRAY[edge.list_uri, edge.subject_did]
        GROUP BY d.edge
    ) RETURNING row
)
INSERT INTO list_items (uri, cid, list_uri, subject_did, created_at)
SELECT live.uri, live.cid, live.list_uri, live.subject_did, live.created_at
FROM next, jsonb_populate_record(NULL::list_items, next.row) AS live
ORDER BY live.uri
ON CONFLICT DO NOTHING
RETURNING uri, list_uri, subject_did;

SELECT uri FROM list_items WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
ORDER BY uri LIMIT $2;
