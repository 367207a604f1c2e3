-- $1 list items and list blocks touched, $2 lists touched: nothing is told, the list is waited for.
SELECT named.list_uri AS subject
FROM (
    SELECT list_uri FROM list_items WHERE uri = ANY($1::text[])
    UNION
    SELECT list_uri FROM list_blocks WHERE uri = ANY($1::text[])
) AS named
WHERE named.list_uri <> ALL($2::text[]) AND substr(named.list_uri, 6, 4) = 'did:'
  AND (SELECT true FROM lists l WHERE l.uri = named.list_uri) IS NOT TRUE
