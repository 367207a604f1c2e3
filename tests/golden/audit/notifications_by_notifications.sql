SELECT least(
    (SELECT uri FROM notifications WHERE uri >= $1 ORDER BY uri OFFSET $2 LIMIT 1)
);

SELECT uri FROM notifications
TABLESAMPLE SYSTEM (least(100, 819200.0 * greatest(32, $1::bigint) / greatest(1, pg_relation_size('notifications'))))
WHERE uri IS NOT NULL
ORDER BY random() LIMIT $1;

SELECT count(*) * 100 / least(100, 819200.0 * 32 / greatest(1, pg_relation_size('notifications')))
FROM notifications TABLESAMPLE SYSTEM (least(100, 819200.0 * 32 / greatest(1, pg_relation_size('notifications'))));

SELECT name, count(*) AS compared, array_agg(key ORDER BY key) FILTER (WHERE stored IS DISTINCT FROM due) AS key, array_agg(stored ORDER BY key) FILTER (WHERE stored IS DISTINCT FROM due) AS stored, array_agg(due ORDER BY key) FILTER (WHERE stored IS DISTINCT FROM due) AS due
FROM (
SELECT v.name, n.uri AS key, 'there' AS stored,
       CASE WHEN v.here THEN 'there' ELSE 'gone' END AS due
FROM unnest($1::text[], $2::text[]) AS part (low, high), LATERAL (
        SELECT * FROM notifications
        WHERE uri >= part.low AND uri <= part.high OFFSET 0
    ) AS n,
LATERAL (
    SELECT 'uri' AS name, CASE split_part(source.uri, '/', 4)
        WHEN 'app.bsky.actor.profile' THEN (SELECT true FROM users r WHERE r.did = split_part(source.uri, '/', 3) AND r.profile_record IS NOT NULL) IS TRUE
        WHEN 'app.bsky.feed.like' THEN (SELECT true FROM likes r WHERE r.uri = source.uri AND r.commit_rev IS NOT NULL) IS TRUE
        WHEN 'app.bsky.feed.post' THEN (SELECT true FROM posts r WHERE r.uri = source.uri AND r.commit_rev IS NOT NULL) IS TRUE
        WHEN 'app.bsky.feed.repost' THEN (SELECT true FROM reposts r WHERE r.uri = source.uri AND r.commit_rev IS NOT NULL) IS TRUE
        WHEN 'app.bsky.graph.follow' THEN (SELECT true FROM follows r WHERE r.uri = source.uri AND r.commit_rev IS NOT NULL) IS TRUE
        WHEN 'app.bsky.graph.verification' THEN (SELECT true FROM verifications r WHERE r.uri = source.uri) IS TRUE
        ELSE true END AS here
    FROM (SELECT split_part(n.uri, '#', 1) AS uri) AS source
    UNION ALL
    SELECT 'reason_subject', CASE split_part(n.reason_subject, '/', 4)
        WHEN 'app.bsky.feed.generator' THEN (SELECT true FROM feed_generator_records r WHERE r.uri = n.reason_subject) IS TRUE
        WHEN 'app.bsky.feed.post' THEN (SELECT true FROM posts r WHERE r.uri = n.reason_subject AND r.commit_rev IS NOT NULL) IS TRUE
        WHEN 'app.bsky.feed.repost' THEN (SELECT true FROM reposts r WHERE r.uri = n.reason_subject AND r.commit_rev IS NOT NULL) IS TRUE
        WHEN 'app.bsky.graph.list' THEN (SELECT true FROM lists r WHERE r.uri = n.reason_subject) IS TRUE
        WHEN 'app.bsky.graph.starterpack' THEN (SELECT true FROM starter_packs r WHERE r.uri = n.reason_subject) IS TRUE
        WHEN 'app.bsky.labeler.service' THEN (SELECT true FROM labeler_service_records r WHERE r.uri = n.reason_subject) IS TRUE
        ELSE true END
    WHERE n.reason_subject IS NOT NULL
) AS v
WHERE n.reason <> 'unverified'
) AS compared
GROUP BY name ORDER BY name;
