CREATE TABLE post_gates (
    post_uri        text COLLATE "C" PRIMARY KEY,
    uri             text COLLATE "C" NOT NULL,
    cid             text COLLATE "C" NOT NULL,
    embedding_rules jsonb NOT NULL,  -- {disableRule?, detachedEmbeddingUris?}
    created_at      timestamptz NOT NULL
);
