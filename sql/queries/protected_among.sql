-- $1 DIDs. Those whose content is kept, however old.
SELECT did FROM protected_accounts WHERE did = ANY($1::text[])
