-- One array a column: keys, and the signatures of what they say.
UPDATE labels l SET sig = new.sig
FROM unnest($1::text[], $2::bytea[]) AS new (uri, sig) WHERE l.uri = new.uri
