-- What is signed of a label, older.signed says; without a signature, which was not kept.
INSERT INTO adopted.aside
SELECT 'labels', CASE WHEN place > 1 THEN 'the same labeler said the same later'
                      ELSE 'no label by the protocol' END, true, whole
FROM said s
WHERE place > 1 OR NOT (kept OR EXISTS (SELECT FROM older.signed b WHERE b.uri = s.uri));

INSERT INTO labels (uri, src, subject, val, neg, created_at, indexed_at, block)
SELECT s.uri, src, subject, val, neg, created_at, indexed_at, b.block
FROM said s
LEFT JOIN older.signed b ON b.uri = s.uri
WHERE place = 1 AND (kept OR b.block IS NOT NULL);
