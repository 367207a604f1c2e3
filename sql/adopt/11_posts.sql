-- What gates make of a post is judged anew: see 44. The search vector, which nothing filled, makes
-- itself.
INSERT INTO posts (
    uri, cid, author_did, text, langs, parent_uri, parent_cid, root_uri, root_cid, embed, facets,
    tags, created_at, indexed_at, commit_time, commit_seq, commit_rev
)
SELECT uri, cid, author_did, text, langs, nullif(parent_uri, ''), parent_cid,
       nullif(root_uri, ''), root_cid, embed, facets,
       CASE WHEN jsonb_typeof(tags) = 'array' THEN tags ELSE '[]' END, created_at,
       indexed_at, CASE WHEN rev IS NOT NULL THEN coalesce(commit_time, indexed_at) END, commit_seq,
       rev
FROM older.posts WHERE refused IS NULL;
