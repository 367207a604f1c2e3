-- Labels that hold, in the order of subject, value and source. $1 and $2 ranges of subjects, from
-- one up to before the other; $3 sources, $4 values (NULL: all); $5, $6, $7 subject, value and
-- source after which; $8 how many; $9 whether only those that are not taken back and not expired.
SELECT DISTINCT ON (subject, val, src)
       uri, src, subject, val, neg, cid, exp, sig, created_at, block
FROM unnest($1::text[], $2::text[]) AS wanted (low, high)
CROSS JOIN LATERAL (
    SELECT * FROM (
        SELECT DISTINCT ON (subject, val, src) *
        FROM labels
        WHERE subject >= low COLLATE "C" AND subject < high COLLATE "C" AND subject >= $5
          AND (subject, val, src) > ($5::text, $6::text, $7::text)
          AND ($3::text[] IS NULL OR src = ANY($3)) AND ($4::text[] IS NULL OR val = ANY($4))
        ORDER BY subject, val, src, created_at DESC, seq DESC, uri
    ) latest
    WHERE NOT $9 OR (NOT neg AND (exp IS NULL OR exp > now()))
    ORDER BY subject, val, src
    LIMIT $8
) found
ORDER BY subject, val, src
LIMIT $8
