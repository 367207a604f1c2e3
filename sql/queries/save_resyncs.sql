-- One array a column, of repos that are being fetched; their rows in `repos` are locked.
UPDATE resyncs
SET parts = new.parts, complete = new.complete, held = new.held
FROM unnest($1::text[], $2::integer[], $3::boolean[], $4::integer[])
     AS new (did, parts, complete, held)
WHERE resyncs.did = ANY($1::text[]) AND resyncs.did = new.did
  AND (resyncs.parts, resyncs.complete, resyncs.held)
      IS DISTINCT FROM (new.parts, new.complete, new.held)
