CREATE TABLE labels (
    uri        text COLLATE "C" PRIMARY KEY,
    src        text COLLATE "C" NOT NULL,
    subject    text COLLATE "C" NOT NULL,
    val        text COLLATE "C" NOT NULL,
    neg        boolean NOT NULL DEFAULT false,
    cid        text COLLATE "C",           -- the version of the subject that was meant
    exp        timestamptz,
    sig        bytea,
    created_at timestamptz NOT NULL,
    indexed_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX labels_subject ON labels (subject, val);
CREATE INDEX labels_identity ON labels (src, subject, val);
CREATE TRIGGER label_created AFTER INSERT ON labels
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION log_label_event();
CREATE TRIGGER label_deleted AFTER DELETE ON labels
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION log_label_event();
