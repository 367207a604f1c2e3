-- What we hold of each repo: the gate that every commit passes once. Outlives its account.
CREATE TABLE repos (
    did            text COLLATE "C" PRIMARY KEY,
    rev            text COLLATE "C",       -- of the last commit applied
    data           text COLLATE "C",       -- root CID of its tree
    active         boolean NOT NULL DEFAULT true,
    status         text COLLATE "C",
    account_source text COLLATE "C",       -- of the last #account applied
    account_seq    bigint,
    deleted_at     timestamptz,            -- said to be deleted then; rows not purged yet
    confirmed_at   timestamptz,            -- when its PDS or directory was asked and said so, too
    state          text COLLATE "C" NOT NULL DEFAULT 'partial'
        CHECK (state IN ('synchronized', 'partial', 'desynchronized', 'fetching')),
    indexed_at     timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

CREATE INDEX repos_deleted ON repos (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX repos_unsettled ON repos (state) WHERE state IN ('desynchronized', 'fetching');
