-- $1 the URL of a directory. To where its log was imported.
SELECT seen_to FROM directories WHERE url = $1
