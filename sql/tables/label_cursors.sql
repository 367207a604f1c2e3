-- How far each labeler's stream is read. A number means nothing at another endpoint.
CREATE TABLE label_cursors (
    did        text COLLATE "C",
    endpoint   text COLLATE "C",
    cursor     bigint NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (did, endpoint)
);
