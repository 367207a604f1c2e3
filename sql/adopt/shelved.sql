SELECT kept_from, count(*) FROM duplicates GROUP BY 1
