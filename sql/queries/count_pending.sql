SELECT kind, count(*) AS waiting FROM pending GROUP BY kind
