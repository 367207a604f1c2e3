-- What was refused, and why.
CREATE TABLE quarantine (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source     text COLLATE "C" NOT NULL,
    seq        bigint,
    did        text COLLATE "C",
    uri        text COLLATE "C",
    reason     text COLLATE "C" NOT NULL,  -- one word, for counting
    detail     text NOT NULL,              -- what was wrong and where, for a person
    frame      bytea,
    record     bytea,                      -- the record's block, DAG-CBOR
    rev        text COLLATE "C",           -- of the commit that a record came with
    time       timestamptz,                -- when that arrived
    -- Whether a later commit changed or deleted what this record was, or may have without our seeing.
    overtaken  boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- What comes again is refused again, and kept once. A frame that is none has no seq; a record that
-- has no usable URI is told from its neighbours by what was wrong with it.
CREATE UNIQUE INDEX quarantine_once ON quarantine (
    source, seq, md5(coalesce(uri, CASE WHEN frame IS NULL THEN detail END, '')), reason, md5(frame)
) NULLS NOT DISTINCT;
CREATE INDEX quarantine_reason ON quarantine (reason, created_at);
-- What is kept of an account goes with it.
CREATE INDEX quarantine_did ON quarantine (did);
-- Asked for every record that is written: few are here.
CREATE INDEX quarantine_uri ON quarantine (uri) WHERE NOT overtaken;
