-- $1 post, $2 author, $3 how often it was reopened when the judging began.
DELETE FROM judgements WHERE post_uri = $1 AND author_did = $2 AND times = $3
