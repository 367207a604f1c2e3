-- $1 and $2 the ends of ranges of DIDs. The status of each user, and the one that its repo says.
SELECT 'status' AS name, u.did AS key, u.status AS stored,
       (SELECT coalesce(r.status, 'inactive') FROM repos r WHERE r.did = u.did AND NOT r.active) AS due
FROM unnest($1::text[], $2::text[]) AS part (low, high), LATERAL (
    SELECT did, status FROM users WHERE did >= part.low AND did <= part.high OFFSET 0
) AS u
