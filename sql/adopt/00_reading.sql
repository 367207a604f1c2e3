-- What reads the older tables, in a schema that goes when all is read.

-- Up to when the older system had read the firehose: of what readers stored until then, the commit
-- has passed.
CREATE TABLE older.adoption (passed timestamptz NOT NULL);

-- Blobs whose CID was written as bytes, hex or a URL; cid NULL: it cannot be read.
CREATE TABLE older.blobs (written text COLLATE "C" PRIMARY KEY, cid text COLLATE "C");

-- What is signed of a label, by the key that it has here.
CREATE TABLE older.signed (uri text COLLATE "C" PRIMARY KEY, block bytea NOT NULL);

-- JSON, of which PostgreSQL's binary form cannot hold a zero; NULL for what is none.
CREATE FUNCTION older.read_json(written text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN regexp_replace(written, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufffd', 'g')::jsonb;
EXCEPTION WHEN invalid_text_representation OR untranslatable_character THEN
    RETURN NULL;
END
$$;

-- A name as the lexicon has it, of one in Python's manner.
CREATE FUNCTION older.name(written text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN written = 'py_type' THEN '$type'
        WHEN written !~ '^[a-z]+_' THEN written
        ELSE (
            SELECT string_agg(CASE WHEN nth = 1 THEN part ELSE initcap(part) END, '' ORDER BY nth)
            FROM regexp_split_to_table(written, '_') WITH ORDINALITY AS parts (part, nth)
        )
    END
$$;

-- A record, or a part of one, as JSON of the protocol: names as in the lexicon, nothing that is
-- null, a link as a link.
CREATE FUNCTION older.lexicon(written jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF jsonb_typeof(written) = 'array' THEN
        RETURN coalesce((
            SELECT jsonb_agg(older.lexicon(element) ORDER BY nth)
            FROM jsonb_array_elements(written) WITH ORDINALITY AS elements (element, nth)
        ), '[]');
    ELSIF jsonb_typeof(written) <> 'object' THEN
        RETURN written;
    ELSIF written ->> 'link' LIKE 'baf%' AND written - 'link' = '{}' THEN
        RETURN jsonb_build_object('$link', written -> 'link');
    END IF;
    RETURN coalesce((
        SELECT jsonb_object_agg(older.name(key), older.lexicon(value))
        FROM jsonb_each(written) WHERE value <> 'null'
    ), '{}');
END
$$;

-- What is kept of the adoption when it is done.
CREATE TABLE adopted.aside (
    table_name text COLLATE "C" NOT NULL,  -- where it stood
    reason     text NOT NULL,
    whole      boolean NOT NULL,           -- whether no row of ours came of it
    row        json NOT NULL               -- as it stood
);

CREATE TABLE adopted.report (
    table_name text COLLATE "C" PRIMARY KEY,
    before     bigint NOT NULL,
    carried    bigint,                     -- NULL: it says what other tables say
    duplicates bigint NOT NULL DEFAULT 0,
    aside      bigint NOT NULL DEFAULT 0,
    made       bigint NOT NULL DEFAULT 0   -- rows of ours that were in no table of theirs
);
