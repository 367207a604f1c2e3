-- What a post quotes is in its embed. Where that was lost, their table says so. Behind the keys of
-- posts.
INSERT INTO quotes (uri, cid, post_uri, quoted_uri, quoted_cid, created_at, indexed_at)
SELECT uri || '#quote', cid, uri, quoted ->> 'uri', quoted ->> 'cid', created_at, indexed_at
FROM (
    SELECT *, CASE embed ->> '$type'
                  WHEN 'app.bsky.embed.record' THEN embed -> 'record'
                  WHEN 'app.bsky.embed.recordWithMedia' THEN embed #> '{record,record}'
              END AS quoted
    FROM posts
    WHERE embed IS NOT NULL
) AS p
WHERE quoted ->> 'uri' ~ '^at://[^/]+/app\.bsky\.feed\.post/[a-zA-Z0-9._:~-]+$'
  AND octet_length(quoted ->> 'uri') <= 1700;

INSERT INTO quotes (uri, cid, post_uri, quoted_uri, quoted_cid, created_at, indexed_at)
SELECT DISTINCT ON (p.uri) p.uri || '#quote', p.cid, p.uri, o.quoted_uri, o.quoted_cid,
       p.created_at, p.indexed_at
FROM older.quotes o
JOIN posts p ON p.uri = o.post_uri
WHERE o.refused IS NULL AND p.embed IS NULL
ORDER BY p.uri, o.quoted_uri;

INSERT INTO adopted.aside
SELECT 'quotes', 'its post is not there, or quotes another', true, o.whole
FROM older.quotes o
WHERE o.refused IS NULL
  AND NOT EXISTS (SELECT FROM quotes q WHERE q.post_uri = o.post_uri AND q.quoted_uri = o.quoted_uri);
