-- Readers see the view labeler_services, which adds the count of likes.
CREATE TABLE labeler_service_records (
    uri         text COLLATE "C" PRIMARY KEY,
    cid         text COLLATE "C" NOT NULL,
    creator_did text COLLATE "C" NOT NULL,
    policies    jsonb NOT NULL,
    created_at  timestamptz NOT NULL,
    indexed_at  timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX labeler_service_records_creator ON labeler_service_records (creator_did);
