-- Whether the gate of a thread, named by its root, keeps an account from replying there.
CREATE FUNCTION violates_thread_gate(root text, account text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
    gate thread_gates;
BEGIN
    SELECT * INTO gate FROM thread_gates WHERE post_uri = root;
    IF gate.allow IS NULL OR gate.owner_did = account THEN  -- no gate, or one that lets everybody in
        RETURN false;
    END IF;
    IF gate.allow_mentions AND EXISTS (
        SELECT
        FROM posts p,
             jsonb_path_query(p.facets, 'lax $[*].features[*] ? (@."$type" == "app.bsky.richtext.facet#mention").did') AS did
        WHERE p.uri = root AND p.commit_rev IS NOT NULL AND did #>> '{}' = account
    ) THEN
        RETURN false;
    END IF;
    IF gate.allow_following AND EXISTS (
        SELECT FROM follows
        WHERE follower_did = gate.owner_did AND following_did = account AND commit_rev IS NOT NULL
    ) THEN
        RETURN false;
    END IF;
    IF gate.allow_followers AND EXISTS (
        SELECT FROM follows
        WHERE follower_did = account AND following_did = gate.owner_did AND commit_rev IS NOT NULL
    ) THEN
        RETURN false;
    END IF;
    RETURN NOT gate.allow_list_members OR NOT EXISTS (
        SELECT
        FROM jsonb_array_elements_text(gate.allow_list_uris) AS named (uri)
        WHERE (SELECT true FROM lists l WHERE l.uri = named.uri)
          AND (SELECT true FROM list_items i WHERE i.list_uri = named.uri AND i.subject_did = account)
    );
END
$$;
