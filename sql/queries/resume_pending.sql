-- What an earlier coordinator was asking for, and has not said what became of it.
UPDATE pending
SET due = now(), claimed = false
WHERE subject = ANY(ARRAY(SELECT subject FROM pending WHERE claimed ORDER BY subject FOR UPDATE))
