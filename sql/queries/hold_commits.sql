-- One array a column: what came of repos that are being fetched.
INSERT INTO held_commits (did, rev, frame, received_us)
SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::bigint[]) AS new
ON CONFLICT DO NOTHING
