-- $1 URIs of records that went or changed. `unverified` tells of a deletion, and stays.
DELETE FROM notifications
WHERE uri = ANY(ARRAY(
    SELECT n.uri
    FROM unnest($1::text[]) AS source (uri),
         LATERAL (
             SELECT uri FROM notifications
             WHERE uri >= source.uri || '#notification' AND uri < source.uri || '#notification0'
               AND reason <> 'unverified'
             OFFSET 0
         ) AS n
))
RETURNING uri, recipient_did, is_read
