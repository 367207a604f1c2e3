INSERT INTO posts (uri, cid, author_did, text, langs, parent_uri, parent_cid, root_uri, root_cid, embed, facets, tags, created_at, commit_time, commit_seq, commit_rev)
SELECT uri, cid, author_did, text, langs, parent_uri, parent_cid, root_uri, root_cid, embed, facets, tags, created_at, commit_time, commit_seq, commit_rev FROM (SELECT uri, cid, author_did, text, langs::jsonb AS langs, parent_uri, parent_cid, root_uri, root_cid, embed::jsonb AS embed, facets::jsonb AS facets, tags::jsonb AS tags, created_at, commit_time, commit_seq, commit_rev FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::timestamptz[], $14::timestamptz[], $15::bigint[], $16::text[]) AS sent (uri, cid, author_did, text, langs, parent_uri, parent_cid, root_uri, root_cid, embed, facets, tags, created_at, commit_time, commit_seq, commit_rev)) AS new
ORDER BY uri
ON CONFLICT DO NOTHING
RETURNING uri;

DELETE FROM posts WHERE uri = ANY($1::text[])
RETURNING commit_rev IS NOT NULL AS counted, uri, parent_uri, root_uri, author_did;

SELECT uri AS key, cid AS cid FROM posts
WHERE uri = ANY($1::text[]) AND commit_rev IS NOT NULL;

SELECT uri AS key, cid AS cid, commit_rev AS rev, commit_rev IS NOT NULL AS adopted,
       commit_seq IS NULL AS quiet
FROM posts
WHERE uri = ANY($1::text[]);

SELECT uri, parent_uri, root_uri, author_did FROM posts
WHERE uri = ANY($1::text[])
ORDER BY uri FOR UPDATE;

SELECT uri FROM posts WHERE uri >= 'at://' || $1 || '/' AND uri < 'at://' || $1 || '0'
ORDER BY uri LIMIT $2;
