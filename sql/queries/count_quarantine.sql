SELECT reason, count(*) AS kept FROM quarantine GROUP BY reason ORDER BY kept DESC, reason
