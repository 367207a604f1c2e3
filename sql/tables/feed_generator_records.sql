-- Readers see the view feed_generators, which adds the count of likes.
CREATE TABLE feed_generator_records (
    uri          text COLLATE "C" PRIMARY KEY,
    cid          text COLLATE "C" NOT NULL,
    creator_did  text COLLATE "C" NOT NULL,
    did          text COLLATE "C" NOT NULL,
    display_name text NOT NULL,
    description  text,
    avatar_url   text COLLATE "C",  -- the blob's CID; readers make the URL
    created_at   timestamptz NOT NULL,
    indexed_at   timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX feed_generator_records_creator ON feed_generator_records (creator_did);
