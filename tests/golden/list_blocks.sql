INSERT INTO list_blocks (uri, cid, blocker_did, list_uri, created_at)
SELECT uri, cid, blocker_did, list_uri, created_at FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[]) AS new (uri, cid, blocker_did, list_uri, created_at)
ORDER BY uri
ON CONFLICT DO NOTHING
RETURNING uri;

DELETE FROM list_blocks WHERE uri = ANY($1::text[])
RETURNING true AS counted, uri, list_uri, blocker_did;

SELECT uri AS key, cid AS cid FROM list_blocks
WHERE uri = ANY($1::text[])
UNION ALL
SELECT uri, row ->> 'cid' FROM duplicates WHERE uri = ANY($1::text[]);

SELECT uri AS key, cid AS cid, NULL AS rev, true AS adopted,
       false AS quiet
FROM list_blocks
WHERE uri = ANY($1::text[]);

SELECT held.* FROM unnest($1::text[], $2::text[]) AS edge (blocker_did, list_uri), LATERAL (
    SELECT uri, true AS adopted, blocker_did, list_uri FROM list_blocks t
    WHERE t.blocker_did = edge.blocker_did AND t.list_uri = edge.list_uri OFFSET 0
) AS held;

WITH gone AS (
    DELETE FROM list_blocks WHERE uri = ANY($1::text[]) RETURNING *
), kept AS (
    INSERT INTO duplicates (uri, kept_from, edge, row)
    SELECT uri, 'list_blocks', ARRAY[blocker_did, list_uri], to_jsonb(shelved)
    FROM (SELECT uri, cid, blocker_did, list_uri, created_at FROM gone) AS shelved
    ON CONFLICT (uri) DO UPDATE SET edge = excluded.edge, row = excluded.row
)
SELECT true AS counted, uri, list_uri, blocker_did FROM gone;

INSERT INTO duplicates (uri, kept_from, edge, row)
SELECT uri, 'list_blocks', ARRAY[blocker_did, list_uri], to_jsonb(shelved)
FROM (SELECT uri, cid, blocker_did, list_uri, created_at FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[]) AS new (uri, cid, blocker_did, list_uri, created_at)) AS shelved
ON CONFLICT (uri) DO UPDATE SET edge = excluded.edge, row = excluded.row;

WITH next AS (
    DELETE FROM duplicates WHERE uri IN (
        SELECT min(d.uri) FROM duplicates d
        JOIN unnest($1::text[], $2::text[]) AS edge (blocker_did, list_uri)
        ON d.kept_from = 'list_blocks' AND d.edge = ARRAY[edge.blocker_did, edge.list_uri]
        GROUP BY d.edge
    ) RETURNING row
)
INSERT INTO list_blocks (uri, cid, blocker_did, list_uri, created_at)
SELECT live.uri, live.cid, live.blocker_did, live.list_uri, live.created_at
FROM next, jsonb_populate_record(NULL::list_blocks, next.row) AS live
ORDER BY live.uri
ON CONFLICT DO NOTHING
RETURNING uri, list_uri;

SELECT uri FROM list_blocks WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
ORDER BY uri LIMIT $2;
