-- $1 lists that came or went. A list lets its members reply only while it is there. No reply need
-- be there to be seen: its writer and the list's meet at no counter.
INSERT INTO judgements (post_uri, author_did)
SELECT DISTINCT gate.post_uri, ''
FROM unnest($1::text[]) AS moved (list),
     LATERAL (
         SELECT post_uri FROM thread_gates
         WHERE allow_list_uris ? moved.list AND allow_list_members
         OFFSET 0
     ) AS gate
ORDER BY 1
ON CONFLICT (post_uri, author_did) DO UPDATE
SET number = nextval('judgement_numbers'), since = now()
RETURNING post_uri, author_did, number
