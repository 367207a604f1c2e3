CREATE SEQUENCE judgement_numbers;

-- Posts below a gate whose verdict may have changed: to be judged anew.
CREATE TABLE judgements (
    post_uri   text COLLATE "C" NOT NULL,      -- the post that is guarded
    author_did text COLLATE "C" NOT NULL,      -- of the posts to judge; '': everybody's
    number     bigint NOT NULL DEFAULT nextval('judgement_numbers'),  -- another when it is reopened
    since      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (post_uri, author_did)
);
