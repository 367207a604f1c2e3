-- A handle that several claim is at most one's: they are asked for again, and until then it is
-- nobody's.
CREATE TEMPORARY TABLE contested ON COMMIT DROP AS
SELECT did, handle FROM users
WHERE handle IN (
    SELECT handle FROM users WHERE handle <> 'handle.invalid' GROUP BY handle HAVING count(*) > 1
);

INSERT INTO adopted.aside
SELECT 'users', 'a handle that several claim', false, row_to_json(c) FROM contested c;

UPDATE users u SET handle = 'handle.invalid' FROM contested c WHERE u.did = c.did;

INSERT INTO pending (subject, kind, expires)
SELECT did, 'user', now() + interval '1 day' FROM contested;
