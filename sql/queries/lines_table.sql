-- Where a batch of lines of a PLC export stands while it is stored: one line a DID.
CREATE TEMPORARY TABLE lines (
    did         text COLLATE "C",
    claimed     text COLLATE "C",
    pds         text COLLATE "C",
    signing_key text COLLATE "C",
    labeler     text COLLATE "C",
    label_key   text COLLATE "C",
    gone        boolean,
    created_at  timestamptz
) ON COMMIT DELETE ROWS
