-- $1 the labeler, $2 its endpoint.
SELECT cursor FROM label_cursors WHERE did = $1 AND endpoint = $2
