-- $1 URIs of records that went or changed. `unverified` tells of a deletion, and stays.
DELETE FROM notifications n
USING unnest($1::text[]) AS source (uri)
WHERE n.uri >= source.uri || '#notification' AND n.uri < source.uri || '#notification0'
  AND n.reason <> 'unverified'
RETURNING n.uri, n.recipient_did, n.is_read
