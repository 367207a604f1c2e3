"""Everything that was ever queued, noted by the database itself: subjects, and whole repos."""

import asyncpg

# In a schema of its own, which the indexer does not know. `tries` is how many failed at most.
_TABLES = """
CREATE SCHEMA soak;
CREATE TABLE soak.subjects (subject text PRIMARY KEY, kind text NOT NULL, times integer NOT NULL,
    tries integer NOT NULL DEFAULT 0, expired boolean NOT NULL DEFAULT false);
CREATE TABLE soak.repos (did text PRIMARY KEY, times integer NOT NULL);
CREATE FUNCTION soak.queued() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO soak.subjects AS s (subject, kind, times) VALUES (NEW.subject, NEW.kind, 1)
    ON CONFLICT (subject) DO UPDATE SET times = s.times + 1;
    RETURN NULL; END $$;
CREATE FUNCTION soak.left() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE soak.subjects SET tries = greatest(tries, OLD.attempts), expired = OLD.expires < now()
    WHERE subject = OLD.subject;
    RETURN NULL; END $$;
CREATE FUNCTION soak.wanted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO soak.repos AS r (did, times) VALUES (NEW.did, 1)
    ON CONFLICT (did) DO UPDATE SET times = r.times + 1;
    RETURN NULL; END $$;
CREATE TRIGGER queued AFTER INSERT ON pending FOR EACH ROW EXECUTE FUNCTION soak.queued();
CREATE TRIGGER gone AFTER DELETE ON pending FOR EACH ROW EXECUTE FUNCTION soak.left();
CREATE TRIGGER wanted AFTER INSERT ON resyncs FOR EACH ROW EXECUTE FUNCTION soak.wanted();
INSERT INTO soak.subjects SELECT subject, kind, 1 FROM pending ON CONFLICT DO NOTHING;
INSERT INTO soak.repos SELECT did, 1 FROM resyncs ON CONFLICT DO NOTHING;
"""
_ASK = """
INSERT INTO pending (subject, kind, expires, prodded)
SELECT subject, kind, now() + $3::float * interval '1 s', CASE kind WHEN 'user' THEN now() END
FROM unnest($1::text[], $2::text[]) AS new (subject, kind)
ORDER BY subject
ON CONFLICT (subject) DO NOTHING
"""
_FETCH = """
INSERT INTO resyncs (did, reason) SELECT did, 'backfill' FROM unnest($1::text[]) AS new (did)
ORDER BY did
ON CONFLICT DO NOTHING
"""
_SIZES = """
SELECT (SELECT count(*) FROM pending WHERE subject NOT LIKE '%did:web:%') AS pending,
       (SELECT count(*) FROM resyncs WHERE did NOT LIKE 'did:web:%') AS resyncs,
       (SELECT count(*) FROM held_commits) AS held_commits,
       (SELECT count(*) FROM pending WHERE subject LIKE '%did:web:%') AS unreachable
"""
DAY_S = 86400.0


async def attach(connection: asyncpg.Connection) -> None:
    async with connection.transaction():
        await connection.execute(_TABLES)


async def ask(
    connection: asyncpg.Connection, subjects: dict[str, str], for_s: float = DAY_S
) -> None:
    """For subjects, each with its kind. An account is asked about anew, though it is known."""
    await connection.execute(_ASK, list(subjects), list(subjects.values()), for_s)


async def fetch(connection: asyncpg.Connection, dids: list[str]) -> None:
    await connection.execute(_FETCH, dids)


async def sizes(connection: asyncpg.Connection) -> dict[str, int]:
    """Rows that wait. Those of did:web, whom nobody serves here, wait for ever, and are apart."""
    return dict(await connection.fetchrow(_SIZES))


async def expire(connection: asyncpg.Connection) -> None:
    """Those, too, have waited long enough."""
    await connection.execute("UPDATE pending SET expires = now() WHERE subject LIKE '%did:web:%'")
