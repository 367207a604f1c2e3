-- What our moderators' labels mean. Readers see the view label_definitions.
CREATE TABLE own_label_definitions (
    value             text COLLATE "C" PRIMARY KEY,
    description       text,
    severity          text COLLATE "C" NOT NULL DEFAULT 'warn'
                      CHECK (severity IN ('info', 'warn', 'alert', 'none')),
    localized_strings jsonb,
    created_at        timestamptz NOT NULL DEFAULT now(),
    updated_at        timestamptz NOT NULL DEFAULT now()
);
