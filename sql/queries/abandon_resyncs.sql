-- Tokens of all repos that are being fetched, and of those whose fetching has not quite ended.
INSERT INTO resyncs (did, reason, token)
SELECT did, 'left', nextval('resync_tokens')
FROM (
    SELECT did FROM repos WHERE state = 'fetching'
    UNION SELECT did FROM resyncs WHERE token IS NOT NULL
) AS under_way
ORDER BY did
ON CONFLICT (did) DO UPDATE SET token = coalesce(resyncs.token, excluded.token)
RETURNING did, token
