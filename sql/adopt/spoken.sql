-- Labels that need what is signed of them.
SELECT uri, src, subject, val, neg, created_at FROM said WHERE place = 1 AND NOT kept
