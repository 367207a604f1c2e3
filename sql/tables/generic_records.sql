CREATE TABLE generic_records (
    uri         text COLLATE "C" PRIMARY KEY,
    cid         text COLLATE "C" NOT NULL,
    author_did  text COLLATE "C" NOT NULL,
    record_type text COLLATE "C" NOT NULL,
    record      jsonb NOT NULL,
    created_at  timestamptz NOT NULL,
    indexed_at  timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX generic_records_author ON generic_records (author_did);
CREATE INDEX generic_records_type ON generic_records (record_type);
