-- Per source, the highest sequence number such that it and all before it are committed.
CREATE TABLE firehose_cursor (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service         text COLLATE "C" NOT NULL UNIQUE,  -- host and path of the relay
    cursor          bigint,
    last_event_time timestamptz,
    updated_at      timestamptz NOT NULL DEFAULT now()
);
