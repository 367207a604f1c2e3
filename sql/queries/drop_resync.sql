-- $1 a DID whose repo is not to be fetched. Only where nothing is under way: that has to end first.
DELETE FROM resyncs WHERE did = $1 AND token IS NULL
