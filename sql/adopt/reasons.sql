SELECT table_name, reason, whole, count(*) FROM adopted.aside GROUP BY 1, 2, 3
