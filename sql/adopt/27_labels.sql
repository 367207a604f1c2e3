-- Their keys were made up, so one identity may have several rows, and in one that a labeler took
-- back stands the label of another. What was said last holds; a record's label is its author's.
CREATE TEMPORARY TABLE said ON COMMIT DROP AS
SELECT o.uri AS written, CASE WHEN kept THEN o.uri ELSE
           'label:' || o.src || '#' || left(encode(sha256(
               convert_to(o.subject, 'UTF8') || '\x00' || convert_to(o.val, 'UTF8')
           ), 'hex'), 40) END AS uri,
       CASE WHEN kept THEN split_part(o.uri, '/', 3) ELSE o.src END AS src,
       o.subject, o.val, o.neg, o.created_at, o.indexed_at, o.whole,
       octet_length(o.val) <= 128 AND octet_length(o.subject) <= 1700 AS fits,
       row_number() OVER (
           PARTITION BY kept, CASE WHEN kept THEN o.uri ELSE o.src END, o.subject, o.val
           ORDER BY o.created_at DESC, o.indexed_at DESC, o.uri DESC
       ) AS place
FROM (
    SELECT *, uri ~ '^at://did:[^/]+/com\.atproto\.label\.label/[^/]+$' AS kept FROM older.labels
) AS o
WHERE refused IS NULL;

INSERT INTO adopted.aside
SELECT 'labels', CASE WHEN fits THEN 'the same labeler said the same later' ELSE 'too long' END,
       true, whole
FROM said WHERE place > 1 OR NOT fits;

INSERT INTO labels (uri, src, subject, val, neg, created_at, indexed_at)
SELECT uri, src, subject, val, neg, created_at, indexed_at FROM said WHERE place = 1 AND fits;
