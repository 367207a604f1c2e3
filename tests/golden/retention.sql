SELECT uri, (ctid::text::point)[0]::bigint AS page FROM duplicates
WHERE ctid >= $3 AND ctid < $4
  AND kept_from IN ('likes', 'reposts')
  AND ((row ->> 'created_at')::timestamptz < $1
    OR (row ->> 'commit_time')::timestamptz < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$')
  AND split_part(uri, '/', 3) NOT IN (SELECT did FROM protected_accounts)
LIMIT $5;

SELECT uri, (ctid::text::point)[0]::bigint AS page FROM likes
WHERE ctid >= $3 AND ctid < $4
  AND (created_at < $1
    OR commit_time < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$')
  AND split_part(uri, '/', 3) NOT IN (SELECT did FROM protected_accounts)
LIMIT $5;

SELECT uri, (ctid::text::point)[0]::bigint AS page FROM reposts
WHERE ctid >= $3 AND ctid < $4
  AND (created_at < $1
    OR commit_time < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$')
  AND split_part(uri, '/', 3) NOT IN (SELECT did FROM protected_accounts)
LIMIT $5;

SELECT uri, (ctid::text::point)[0]::bigint AS page FROM posts
WHERE ctid >= $3 AND ctid < $4
  AND (created_at < $1
    OR commit_time < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$')
  AND split_part(uri, '/', 3) NOT IN (SELECT did FROM protected_accounts)
LIMIT $5;

SELECT uri, (ctid::text::point)[0]::bigint AS page FROM thread_gates
WHERE ctid >= $3 AND ctid < $4
  AND (created_at < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$')
  AND split_part(uri, '/', 3) NOT IN (SELECT did FROM protected_accounts)
LIMIT $5;

SELECT uri, (ctid::text::point)[0]::bigint AS page FROM post_gates
WHERE ctid >= $3 AND ctid < $4
  AND (created_at < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$')
  AND split_part(uri, '/', 3) NOT IN (SELECT did FROM protected_accounts)
LIMIT $5;

SELECT uri FROM likes
WHERE uri = ANY($3::text[])
  AND (created_at < $1
    OR commit_time < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$')
  AND split_part(uri, '/', 3) NOT IN (SELECT did FROM protected_accounts);

SELECT uri FROM reposts
WHERE uri = ANY($3::text[])
  AND (created_at < $1
    OR commit_time < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$')
  AND split_part(uri, '/', 3) NOT IN (SELECT did FROM protected_accounts);

SELECT uri FROM posts
WHERE uri = ANY($3::text[])
  AND (created_at < $1
    OR commit_time < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$')
  AND split_part(uri, '/', 3) NOT IN (SELECT did FROM protected_accounts);

SELECT uri FROM thread_gates
WHERE post_uri = ANY($3::text[])
  AND (created_at < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$')
  AND split_part(uri, '/', 3) NOT IN (SELECT did FROM protected_accounts);

SELECT uri FROM post_gates
WHERE post_uri = ANY($3::text[])
  AND (created_at < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$')
  AND split_part(uri, '/', 3) NOT IN (SELECT did FROM protected_accounts);

SELECT uri FROM duplicates
WHERE uri = ANY($3::text[])
  AND kept_from IN ('likes', 'reposts')
  AND ((row ->> 'created_at')::timestamptz < $1
    OR (row ->> 'commit_time')::timestamptz < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$')
  AND split_part(uri, '/', 3) NOT IN (SELECT did FROM protected_accounts);

SELECT count(*) FILTER (WHERE split_part(uri, '/', 3) NOT IN (SELECT did FROM protected_accounts)) AS going, count(*) AS old
FROM duplicates
WHERE ctid >= $3 AND ctid < $4
  AND kept_from IN ('likes', 'reposts')
  AND ((row ->> 'created_at')::timestamptz < $1
    OR (row ->> 'commit_time')::timestamptz < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$');

SELECT count(*) FILTER (WHERE split_part(uri, '/', 3) NOT IN (SELECT did FROM protected_accounts)) AS going, count(*) AS old
FROM likes
WHERE ctid >= $3 AND ctid < $4
  AND (created_at < $1
    OR commit_time < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$');

SELECT count(*) FILTER (WHERE split_part(uri, '/', 3) NOT IN (SELECT did FROM protected_accounts)) AS going, count(*) AS old
FROM reposts
WHERE ctid >= $3 AND ctid < $4
  AND (created_at < $1
    OR commit_time < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$');

SELECT count(*) FILTER (WHERE split_part(uri, '/', 3) NOT IN (SELECT did FROM protected_accounts)) AS going, count(*) AS old
FROM posts
WHERE ctid >= $3 AND ctid < $4
  AND (created_at < $1
    OR commit_time < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$');

SELECT count(*) FILTER (WHERE split_part(uri, '/', 3) NOT IN (SELECT did FROM protected_accounts)) AS going, count(*) AS old
FROM thread_gates
WHERE ctid >= $3 AND ctid < $4
  AND (created_at < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$');

SELECT count(*) FILTER (WHERE split_part(uri, '/', 3) NOT IN (SELECT did FROM protected_accounts)) AS going, count(*) AS old
FROM post_gates
WHERE ctid >= $3 AND ctid < $4
  AND (created_at < $1
    OR right(uri, 13) < $2 AND uri ~ '/[2-7a-j][2-7a-z]{12}$');
