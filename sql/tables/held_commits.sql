-- What came of a repo while it was being fetched: to be applied behind that.
CREATE TABLE held_commits (
    did         text COLLATE "C",
    rev         text COLLATE "C",
    frame       bytea NOT NULL,
    received_us bigint NOT NULL,  -- when it came, in microseconds since 1970
    PRIMARY KEY (did, rev)
);
