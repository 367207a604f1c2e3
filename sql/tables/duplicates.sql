-- Records that are live but not the one that counts: the same edge exists with a smaller URI.
CREATE TABLE duplicates (
    uri        text COLLATE "C" PRIMARY KEY,
    kept_from  text COLLATE "C" NOT NULL,    -- the table that the row would stand in
    edge       text[] COLLATE "C" NOT NULL,  -- the columns that make the edge
    row        jsonb NOT NULL,
    indexed_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX duplicates_edge ON duplicates (kept_from, edge);
