SELECT uri FROM duplicates
WHERE ctid >= $3 AND ctid < $4
  AND split_part(uri, '/', 4) IN ('app.bsky.feed.like', 'app.bsky.feed.post', 'app.bsky.feed.postgate', 'app.bsky.feed.repost', 'app.bsky.feed.threadgate')
  AND ((row ->> 'created_at')::timestamptz < $1
    OR (row ->> 'commit_time')::timestamptz < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$')
  AND (SELECT true FROM protected_accounts WHERE did = split_part(uri, '/', 3)) IS NULL
LIMIT $5;

SELECT uri FROM likes
WHERE ctid >= $3 AND ctid < $4
  AND (created_at < $1
    OR commit_time < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$')
  AND (SELECT true FROM protected_accounts WHERE did = split_part(uri, '/', 3)) IS NULL
LIMIT $5;

SELECT uri FROM reposts
WHERE ctid >= $3 AND ctid < $4
  AND (created_at < $1
    OR commit_time < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$')
  AND (SELECT true FROM protected_accounts WHERE did = split_part(uri, '/', 3)) IS NULL
LIMIT $5;

SELECT uri FROM posts
WHERE ctid >= $3 AND ctid < $4
  AND (created_at < $1
    OR commit_time < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$')
  AND (SELECT true FROM protected_accounts WHERE did = split_part(uri, '/', 3)) IS NULL
LIMIT $5;

SELECT uri FROM thread_gates
WHERE ctid >= $3 AND ctid < $4
  AND (created_at < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$')
  AND (SELECT true FROM protected_accounts WHERE did = split_part(uri, '/', 3)) IS NULL
LIMIT $5;

SELECT uri FROM post_gates
WHERE ctid >= $3 AND ctid < $4
  AND (created_at < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$')
  AND (SELECT true FROM protected_accounts WHERE did = split_part(uri, '/', 3)) IS NULL
LIMIT $5;

SELECT uri FROM likes
WHERE uri = ANY($3::text[])
  AND (created_at < $1
    OR commit_time < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$')
  AND (SELECT true FROM protected_accounts WHERE did = split_part(uri, '/', 3)) IS NULL;

SELECT uri FROM reposts
WHERE uri = ANY($3::text[])
  AND (created_at < $1
    OR commit_time < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$')
  AND (SELECT true FROM protected_accounts WHERE did = split_part(uri, '/', 3)) IS NULL;

SELECT uri FROM posts
WHERE uri = ANY($3::text[])
  AND (created_at < $1
    OR commit_time < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$')
  AND (SELECT true FROM protected_accounts WHERE did = split_part(uri, '/', 3)) IS NULL;

SELECT uri FROM thread_gates
WHERE post_uri = ANY($3::text[])
  AND (created_at < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$')
  AND (SELECT true FROM protected_accounts WHERE did = split_part(uri, '/', 3)) IS NULL;

SELECT uri FROM post_gates
WHERE post_uri = ANY($3::text[])
  AND (created_at < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$')
  AND (SELECT true FROM protected_accounts WHERE did = split_part(uri, '/', 3)) IS NULL;

SELECT uri FROM duplicates
WHERE uri = ANY($3::text[])
  AND split_part(uri, '/', 4) IN ('app.bsky.feed.like', 'app.bsky.feed.post', 'app.bsky.feed.postgate', 'app.bsky.feed.repost', 'app.bsky.feed.threadgate')
  AND ((row ->> 'created_at')::timestamptz < $1
    OR (row ->> 'commit_time')::timestamptz < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$')
  AND (SELECT true FROM protected_accounts WHERE did = split_part(uri, '/', 3)) IS NULL;

SELECT count(*) FILTER (WHERE (SELECT true FROM protected_accounts WHERE did = split_part(uri, '/', 3)) IS NULL) AS going, count(*) AS old
FROM duplicates
WHERE ctid >= $3 AND ctid < $4
  AND split_part(uri, '/', 4) IN ('app.bsky.feed.like', 'app.bsky.feed.post', 'app.bsky.feed.postgate', 'app.bsky.feed.repost', 'app.bsky.feed.threadgate')
  AND ((row ->> 'created_at')::timestamptz < $1
    OR (row ->> 'commit_time')::timestamptz < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$');

SELECT count(*) FILTER (WHERE (SELECT true FROM protected_accounts WHERE did = split_part(uri, '/', 3)) IS NULL) AS going, count(*) AS old
FROM likes
WHERE ctid >= $3 AND ctid < $4
  AND (created_at < $1
    OR commit_time < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$');

SELECT count(*) FILTER (WHERE (SELECT true FROM protected_accounts WHERE did = split_part(uri, '/', 3)) IS NULL) AS going, count(*) AS old
FROM reposts
WHERE ctid >= $3 AND ctid < $4
  AND (created_at < $1
    OR commit_time < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$');

SELECT count(*) FILTER (WHERE (SELECT true FROM protected_accounts WHERE did = split_part(uri, '/', 3)) IS NULL) AS going, count(*) AS old
FROM posts
WHERE ctid >= $3 AND ctid < $4
  AND (created_at < $1
    OR commit_time < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$');

SELECT count(*) FILTER (WHERE (SELECT true FROM protected_accounts WHERE did = split_part(uri, '/', 3)) IS NULL) AS going, count(*) AS old
FROM thread_gates
WHERE ctid >= $3 AND ctid < $4
  AND (created_at < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$');

SELECT count(*) FILTER (WHERE (SELECT true FROM protected_accounts WHERE did = split_part(uri, '/', 3)) IS NULL) AS going, count(*) AS old
FROM post_gates
WHERE ctid >= $3 AND ctid < $4
  AND (created_at < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$');
