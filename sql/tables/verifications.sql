CREATE TABLE verifications (
    uri          text COLLATE "C" PRIMARY KEY,
    cid          text COLLATE "C" NOT NULL,
    issuer_did   text COLLATE "C" NOT NULL,
    subject_did  text COLLATE "C" NOT NULL,
    handle       text NOT NULL,
    display_name text NOT NULL,
    verified_at  timestamptz NOT NULL,
    created_at   timestamptz NOT NULL,
    sort_at      timestamptz,                 -- the earlier of created_at and arrival; NULL: old news
    indexed_at   timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX verifications_subject ON verifications (subject_did);
