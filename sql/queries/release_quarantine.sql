-- $1 an id. What was kept aside of the same record for any reason, as it was then, goes with it.
DELETE FROM quarantine
WHERE id = $1
   OR (uri, rev) = (SELECT uri, rev FROM quarantine WHERE id = $1)
