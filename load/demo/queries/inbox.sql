-- The latest notices of whoever has the most
SELECT n.reason, COALESCE(u.display_name, u.did) AS who,
       LEFT(p.text, 32) AS about, n.created_at
FROM notifications n
JOIN users u ON u.did = n.author_did
LEFT JOIN reposts r ON r.uri = n.reason_subject
LEFT JOIN posts p ON p.uri = COALESCE(r.post_uri, n.reason_subject)
WHERE n.recipient_did = (
    SELECT recipient_did FROM notifications
    GROUP BY 1 ORDER BY COUNT(*) DESC, 1 LIMIT 1
)
ORDER BY n.created_at DESC, n.uri
LIMIT 8;
