-- What happened to labels. An event outlives its label, and carries what subscribers get of it.
CREATE TABLE label_events (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    label_uri  text COLLATE "C" NOT NULL,
    action     text COLLATE "C" NOT NULL CHECK (action IN ('created', 'deleted')),
    created_at timestamptz NOT NULL DEFAULT now(),
    -- In the order of commits, which ids are not: two writers take theirs before either commits.
    seq        bigint UNIQUE,
    src        text COLLATE "C" NOT NULL,
    block      bytea,  -- as in labels; NULL where there is nothing to tell a subscriber
    sig        bytea
);

CREATE INDEX label_events_unnumbered ON label_events (id) WHERE seq IS NULL;
CREATE INDEX label_events_told ON label_events (src, seq) WHERE block IS NOT NULL;
-- When a label was last said, though its row may be gone.
CREATE INDEX label_events_label ON label_events (label_uri, id);

-- One row: the number given last, and the highest that was cut off. Whoever numbers locks it.
CREATE TABLE label_log (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    seq    bigint NOT NULL DEFAULT 0,
    cut    bigint NOT NULL DEFAULT 0
);
INSERT INTO label_log DEFAULT VALUES;

-- A trigger, for labels have several writers and none may forget. A negation and an expiry have
-- told already that the label does not hold when its row goes.
CREATE FUNCTION log_label_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO label_events (label_uri, action, src)
        SELECT uri, 'deleted', src FROM changed WHERE NOT neg AND NOT expired ORDER BY uri;
    ELSE
        INSERT INTO label_events (label_uri, action, src, block, sig)
        SELECT uri, CASE WHEN neg OR expired THEN 'deleted' ELSE 'created' END, src,
               CASE WHEN NOT expired THEN block END, CASE WHEN NOT expired THEN sig END
        FROM changed ORDER BY uri;
    END IF;
    IF FOUND THEN
        PERFORM pg_notify('label_events', '');
    END IF;
    RETURN NULL;
END
$$;
