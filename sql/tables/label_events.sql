-- What happened to labels, in order. An event outlives its label.
CREATE TABLE label_events (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    label_uri  text COLLATE "C" NOT NULL,
    action     text COLLATE "C" NOT NULL CHECK (action IN ('created', 'deleted')),
    created_at timestamptz NOT NULL DEFAULT now()
);

-- A trigger, for labels have several writers and none may forget.
CREATE FUNCTION log_label_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO label_events (label_uri, action) SELECT uri, 'created' FROM changed ORDER BY uri;
    ELSE
        INSERT INTO label_events (label_uri, action) SELECT uri, 'deleted' FROM changed ORDER BY uri;
    END IF;
    RETURN NULL;
END
$$;
