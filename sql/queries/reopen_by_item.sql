-- $1 lists, $2 accounts that came upon them or went. Members may reply, if a gate says so.
INSERT INTO judgements (post_uri, author_did)
SELECT DISTINCT gate.post_uri, moved.author
FROM unnest($1::text[], $2::text[]) AS moved (list, author),
     LATERAL (
         SELECT post_uri, owner_did FROM thread_gates
         WHERE allow_list_uris ? moved.list AND allow_list_members
         OFFSET 0
     ) AS gate
WHERE (
    SELECT true FROM posts p
    WHERE split_part(p.root_uri, '/', 3) = gate.owner_did AND p.author_did = moved.author
      AND p.root_uri = gate.post_uri
    LIMIT 1
)
ORDER BY 1, 2
ON CONFLICT (post_uri, author_did) DO UPDATE
SET number = nextval('judgement_numbers'), since = now()
RETURNING post_uri, author_did, number
