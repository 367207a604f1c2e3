-- $1 the labeler: its stream is read from its beginning, at every endpoint.
UPDATE label_cursors SET cursor = 0, updated_at = now() WHERE did = $1
