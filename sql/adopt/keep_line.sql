INSERT INTO adopted.report (table_name, before, carried, duplicates, aside, made)
VALUES ($1, $2, $3, $4, $5, $6)
