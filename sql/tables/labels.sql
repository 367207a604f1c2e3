-- Kept as records (uri is the record's), or said by a labeler: its stream's or our own. Of those
-- there is one row an identity (src, subject, val), and uri is made of it: `label:…`.
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
    indexed_at timestamptz NOT NULL DEFAULT now(),
    -- What was signed: DAG-CBOR without sig. NULL for what is kept as a record.
    block      bytea,
    -- In the labeler's stream: of two with equal times the later counts.
    seq        bigint NOT NULL DEFAULT 0,
    -- Whether an event has told so.
    expired    boolean NOT NULL DEFAULT false
);

CREATE INDEX labels_subject ON labels (subject, val);
CREATE INDEX labels_identity ON labels (src, subject, val);
CREATE INDEX labels_expiring ON labels (exp) WHERE exp IS NOT NULL AND NOT expired;
CREATE TRIGGER label_created AFTER INSERT ON labels
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION log_label_event();
CREATE TRIGGER label_changed AFTER UPDATE ON labels
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION log_label_event();
CREATE TRIGGER label_deleted AFTER DELETE ON labels
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION log_label_event();
