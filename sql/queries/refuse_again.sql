-- $1 an id, $2 the reason and $3 the detail as of today.
UPDATE quarantine SET reason = $2, detail = $3 WHERE id = $1 AND (reason, detail) <> ($2, $3)
