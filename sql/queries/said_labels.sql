-- $1 keys: what was last said of each, also where its row is gone.
SELECT DISTINCT ON (uri) uri, stands, holds, block, sig
FROM (
    SELECT uri, true AS stands, NOT neg AND (exp IS NULL OR exp > now()) AS holds, block, sig
    FROM labels WHERE uri = ANY($1::text[])
    UNION ALL
    SELECT key, false, false, e.block, e.sig
    FROM unnest($1::text[]) AS key CROSS JOIN LATERAL (
        SELECT block, sig FROM label_events
        WHERE label_uri = key AND block IS NOT NULL ORDER BY id DESC LIMIT 1
    ) e
) said
ORDER BY uri, stands DESC
