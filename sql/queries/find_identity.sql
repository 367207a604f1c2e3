-- $1 a DID, $2 the directory's URL. What is known of it, as of when; what readers see as its handle;
-- whether nothing may be stored of it; what time it is. Of a did:plc all is known as of the line to
-- which its directory was imported.
SELECT i.did IS NOT NULL AS known, i.handle, i.claimed, i.pds, i.signing_key, i.labeler, i.label_key,
       i.gone, i.handle_checked_at,
       greatest(i.resolved_at, d.seen_to) AS resolved_at,
       u.handle AS shown, s.user_did IS NOT NULL AS forbidden, clock_timestamp() AS now
FROM (VALUES ($1::text)) AS wanted (did)
LEFT JOIN identities i ON i.did = wanted.did
LEFT JOIN directories d ON d.url = $2 AND wanted.did LIKE 'did:plc:%'
LEFT JOIN users u ON u.did = wanted.did
LEFT JOIN user_settings s ON s.user_did = wanted.did AND s.data_collection_forbidden
