-- Stretches of a source that were lost to us.
CREATE TABLE gaps (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source     text COLLATE "C" NOT NULL,
    after_seq  bigint,
    after_time timestamptz,
    until_seq  bigint,
    until_time timestamptz,
    reason     text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
