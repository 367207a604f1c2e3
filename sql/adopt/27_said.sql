-- Labels by identity. Their keys were made up, so one identity may have several rows, and in one that
-- a labeler took back stands the label of another. What was said last holds. A label kept as a record
-- is its author's.
CREATE TEMPORARY TABLE said ON COMMIT DROP AS
SELECT o.uri AS written, kept,
       CASE WHEN kept THEN o.uri ELSE
           'label:' || o.src || '#' || left(encode(sha256(
               convert_to(o.subject, 'UTF8') || '\x00' || convert_to(o.val, 'UTF8')
           ), 'hex'), 40) END AS uri,
       CASE WHEN kept THEN split_part(o.uri, '/', 3) ELSE o.src END AS src,
       o.subject, o.val, o.neg, date_trunc('milliseconds', o.created_at) AS created_at,
       o.indexed_at, o.whole,
       row_number() OVER (
           PARTITION BY kept, CASE WHEN kept THEN o.uri ELSE o.src END, o.subject, o.val
           ORDER BY o.created_at DESC, o.indexed_at DESC, o.uri DESC
       ) AS place
FROM (
    SELECT *, uri ~ '^at://did:[^/]+/com\.atproto\.label\.label/[^/]+$' AS kept FROM older.labels
) AS o
WHERE refused IS NULL;
