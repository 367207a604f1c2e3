-- Who vouches was not kept, but it is whose record it is. That there was one of a subject in the
-- whole network cannot be undone here: the others come with their repos, and so does the name, since
-- no version is said to be known.
INSERT INTO verifications (
    uri, cid, issuer_did, subject_did, handle, display_name, verified_at, created_at, indexed_at
)
SELECT uri, '', split_part(uri, '/', 3), subject_did, coalesce(handle, ''),
       coalesce(display_name, ''), coalesce(verified_at, created_at), created_at, indexed_at
FROM older.verifications WHERE refused IS NULL;
