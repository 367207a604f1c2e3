-- $1 DIDs: which of them are done, and whether their repos are whole.
SELECT did, repos.state = 'synchronized' IS TRUE AS whole
FROM unnest($1::text[]) AS waiting (did) LEFT JOIN repos USING (did)
WHERE NOT EXISTS (SELECT FROM resyncs WHERE resyncs.did = waiting.did)
