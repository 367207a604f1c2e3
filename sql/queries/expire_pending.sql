-- What was waited for long enough. Rows and effects that come later are made all the same.
DELETE FROM pending WHERE expires < now() RETURNING kind
