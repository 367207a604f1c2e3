-- $1 post, $2 author, $3 the number that the case had when its judging began.
DELETE FROM judgements WHERE post_uri = $1 AND author_did = $2 AND number = $3
