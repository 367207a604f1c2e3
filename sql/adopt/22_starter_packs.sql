INSERT INTO starter_packs (
    uri, cid, creator_did, name, description, list_uri, feeds, created_at, indexed_at
)
SELECT uri, cid, creator_did, name, description, nullif(list_uri, ''), (
           SELECT coalesce(jsonb_agg(coalesce(feed ->> 'uri', feed #>> '{}')), '[]')
           FROM jsonb_path_query(feeds, 'lax $[*]') AS feed
       ), created_at, indexed_at
FROM older.starter_packs WHERE refused IS NULL;
