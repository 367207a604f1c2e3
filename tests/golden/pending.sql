DELETE FROM pending p
WHERE p.subject = ANY($1::text[])
  AND (SELECT true FROM users t WHERE t.joined_via_starter_pack = p.subject AND t.profile_created_at IS NOT NULL LIMIT 1) IS NULL
  AND (SELECT true FROM likes t WHERE t.post_uri = p.subject AND t.commit_rev IS NOT NULL AND t.commit_seq IS NOT NULL LIMIT 1) IS NULL
  AND (SELECT true FROM likes t WHERE t.via_uri = p.subject AND t.commit_rev IS NOT NULL AND t.commit_seq IS NOT NULL LIMIT 1) IS NULL
  AND (SELECT true FROM posts t WHERE t.parent_uri = p.subject AND t.commit_rev IS NOT NULL AND t.commit_seq IS NOT NULL LIMIT 1) IS NULL
  AND (SELECT true FROM posts t WHERE t.root_uri = p.subject AND t.commit_rev IS NOT NULL AND t.commit_seq IS NOT NULL LIMIT 1) IS NULL
  AND (SELECT true FROM quotes t WHERE t.quoted_uri = p.subject LIMIT 1) IS NULL
  AND (SELECT true FROM reposts t WHERE t.post_uri = p.subject AND t.commit_rev IS NOT NULL AND t.commit_seq IS NOT NULL LIMIT 1) IS NULL
  AND (SELECT true FROM reposts t WHERE t.via_uri = p.subject AND t.commit_rev IS NOT NULL AND t.commit_seq IS NOT NULL LIMIT 1) IS NULL
  AND (SELECT true FROM list_blocks t WHERE t.list_uri = p.subject LIMIT 1) IS NULL
  AND (SELECT true FROM list_items t WHERE t.list_uri = p.subject LIMIT 1) IS NULL
RETURNING p.kind;
