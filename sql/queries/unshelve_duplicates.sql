-- $1 records.
DELETE FROM duplicates WHERE uri = ANY($1::text[])
