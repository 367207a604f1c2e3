-- $1 a DID, whose row in `repos` is locked.
SELECT token, complete FROM resyncs WHERE did = $1
