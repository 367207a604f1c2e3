-- What was left lying, for whoever left it has ended. $1 how long that takes to tell, $2 at most.
SELECT post_uri, author_did, number FROM judgements
WHERE since < now() - $1::interval
ORDER BY since
LIMIT $2
