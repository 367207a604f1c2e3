-- $1 posts whose thread gates are written. The lists whose members those let in.
SELECT DISTINCT list.uri
FROM unnest($1::text[]) AS written (post_uri),
     LATERAL (
         SELECT allow_list_uris FROM thread_gates
         WHERE post_uri = written.post_uri AND allow_list_members OFFSET 0
     ) AS gate,
     LATERAL jsonb_array_elements_text(gate.allow_list_uris) AS list (uri)
