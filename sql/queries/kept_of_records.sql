-- $1 records. Those of which something was kept aside that may yet be released.
SELECT uri FROM quarantine WHERE uri = ANY($1::text[]) AND NOT overtaken
