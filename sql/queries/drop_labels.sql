-- $1 keys.
DELETE FROM labels WHERE uri = ANY(ARRAY(
    SELECT uri FROM labels WHERE uri = ANY($1::text[]) ORDER BY uri FOR UPDATE
)) RETURNING uri
