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
    created_at timestamptz NOT NULL DEFAULT now()
);

-- A frame that comes again is refused again, and kept once. One that is not even a frame has no seq.
CREATE UNIQUE INDEX quarantine_once
    ON quarantine (source, seq, md5(coalesce(uri, '')), reason, md5(frame)) NULLS NOT DISTINCT;
CREATE INDEX quarantine_reason ON quarantine (reason, created_at);
-- What is kept of an account goes with it.
CREATE INDEX quarantine_did ON quarantine (did);
