INSERT INTO labels (uri, src, subject, val, neg, cid, exp, created_at)
SELECT uri, src, subject, val, neg, cid, exp, created_at FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::text[], $7::timestamptz[], $8::timestamptz[]) AS new (uri, src, subject, val, neg, cid, exp, created_at)
ORDER BY uri
ON CONFLICT DO NOTHING
RETURNING uri;

DELETE FROM labels WHERE uri = ANY($1::text[])
RETURNING true AS counted, uri;

SELECT uri AS key, cid AS cid FROM labels
WHERE uri = ANY($1::text[]);

SELECT uri AS key, cid AS cid, NULL AS rev, true AS adopted,
       false AS quiet
FROM labels
WHERE uri = ANY($1::text[]);

SELECT uri FROM labels WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
ORDER BY uri LIMIT $2;
