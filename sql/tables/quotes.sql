CREATE TABLE quotes (
    uri        text COLLATE "C" PRIMARY KEY,  -- <post uri>#quote
    cid        text COLLATE "C" NOT NULL,
    post_uri   text COLLATE "C" NOT NULL,
    quoted_uri text COLLATE "C" NOT NULL,
    quoted_cid text COLLATE "C",
    created_at timestamptz NOT NULL,
    indexed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT quotes_edge UNIQUE (post_uri, quoted_uri)
);

-- Who quotes this; and our own: the notices of a post that comes or goes.
CREATE INDEX quotes_quoted ON quotes (quoted_uri, post_uri);
