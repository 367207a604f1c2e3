-- $1 posts. Nobody judges them until the transaction ends.
SELECT FROM posts WHERE uri = ANY($1::text[]) ORDER BY uri FOR UPDATE
