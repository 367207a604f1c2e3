"""A database of the older system becomes one of ours, whole and once, or stays as it was."""

from typing import Any

import asyncpg
import pytest

from indexer import database
from indexer.adopt import Report, adopt
from indexer.database import DatabaseRefused
from tests.adopt.conftest import adopted, run
from tests.audit.test_auditing import drifted
from tests.database.catalogue import catalogue, difference

FOREIGN = "mutes list_mutes thread_mutes user_preferences sessions activity_subscriptions".split()


async def rows(url: str, *tables: str) -> dict[str, list[Any]]:
    connection = await asyncpg.connect(url)
    found = {
        table: await connection.fetch(f"SELECT row_to_json(t)::text FROM {table} t ORDER BY 1")
        for table in tables
    }
    await connection.close()
    return found


async def fetchval(url: str, query: str) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_it_has_our_schema_to_the_letter(mistaken_url: str, database_url: str) -> None:
    await adopted(mistaken_url)
    assert await database.migrate(mistaken_url) == []
    assert await adopt(mistaken_url, lambda *_: None) is None  # the second time
    await run(mistaken_url, f"DROP TABLE {', '.join(FOREIGN)}")
    await run(mistaken_url, "ALTER TABLE user_settings DROP COLUMN last_likes_backfill")
    expected = await catalogue(database_url)
    assert difference(expected, await catalogue(mistaken_url)) == []


async def test_no_row_is_lost(mistaken_url: str, taken: tuple[str, Report]) -> None:
    tables = [line.table for line in taken[1].lines]
    before = await rows(mistaken_url, *tables, *FOREIGN)
    url, report = taken
    after = await rows(url, *(f"older.{table}" for table in tables), *FOREIGN)
    assert list(after.values()) == list(before.values())
    assert [line.before for line in report.lines] == [len(before[table]) for table in tables]
    assert [line.lost for line in report.lines] == [0] * len(tables)
    kept = "SELECT sum(before - coalesce(carried, before) - duplicates - aside) FROM adopted.report"
    assert await fetchval(url, kept) == 0


async def test_an_audit_finds_nothing(taken: tuple[str, Report]) -> None:
    url, report = taken
    assert report.miscounted == {"post_aggregations": 3}
    assert await drifted(url) == {}


async def test_columns_of_others_come_along(taken: tuple[str, Report]) -> None:
    url, report = taken
    assert report.extras == ["user_settings.last_likes_backfill"]
    query = "SELECT last_likes_backfill::text FROM user_settings"
    assert await fetchval(url, query) == "2026-01-01 00:00:00"


async def test_a_dry_run_says_the_same_changes_nothing_and_waits_for_nobody(
    mistaken_url: str, taken: tuple[str, Report]
) -> None:
    before = await catalogue(mistaken_url)
    other = await asyncpg.connect(mistaken_url)
    async with other.transaction():
        await other.execute("DELETE FROM lists WHERE false")
        tried = await adopted(mistaken_url, dry_run=True)
    await other.close()
    assert await catalogue(mistaken_url) == before
    assert await fetchval(mistaken_url, "SELECT to_regnamespace('adopted') IS NULL")
    assert (tried.lines, tried.reasons) == (taken[1].lines, taken[1].reasons)


async def test_another_version_of_it_is_read_as_well(mistaken_url: str) -> None:
    """Wider types, tables and columns that are not there yet, a view where a table was."""
    await run(
        mistaken_url,
        "ALTER TABLE posts ALTER created_at TYPE timestamptz, ALTER cid TYPE text,"
        " ALTER embed TYPE text, ALTER tags DROP DEFAULT, ALTER tags TYPE text[] USING ARRAY['a'],"
        " DROP COLUMN commit_time, DROP COLUMN commit_seq, DROP COLUMN commit_rev",
        "ALTER TABLE firehose_cursor ALTER cursor TYPE bigint USING cursor::bigint",
        "ALTER TABLE likes DROP COLUMN via; ALTER TABLE label_events ALTER id TYPE bigint",
        "DROP TABLE labels, label_definitions, quotes, bookmarks, starter_packs, generic_records",
        "DROP TABLE feed_items; CREATE VIEW feed_items AS SELECT uri FROM posts",
        "ALTER TABLE users ADD COLUMN pronouns text; UPDATE users SET pronouns = 'they'",
    )
    report = await adopted(mistaken_url)
    assert await drifted(mistaken_url) == {}
    assert "quotes" not in {line.table for line in report.lines}
    assert "users.pronouns" in report.extras
    asked = {
        "SELECT count(*) FROM posts WHERE commit_rev = '2222222222222'": 4,
        "SELECT count(*) FROM posts WHERE tags = '[\"a\"]'": 5,
        "SELECT count(*) FROM quotes": 1,
        "SELECT count(*) FROM users WHERE pronouns = 'they'": 3,
        "SELECT count(*) FROM feed_items WHERE type = 'post'": 5,
    }
    for query, found in asked.items():
        assert await fetchval(mistaken_url, query) == found, query


async def test_one_of_ours_is_refused(database_url: str) -> None:
    with pytest.raises(DatabaseRefused, match="nothing to adopt"):
        await adopted(database_url)


async def test_so_is_one_of_somebody_else(empty_database_url: str) -> None:
    with pytest.raises(DatabaseRefused, match=r"has no users, posts.*indexer migrate"):
        await adopted(empty_database_url)


async def test_only_the_owner_can(mistaken_url: str) -> None:
    await run(mistaken_url, "DROP ROLE IF EXISTS lodger", "CREATE ROLE lodger LOGIN")
    await run(mistaken_url, "GRANT ALL ON ALL TABLES IN SCHEMA public TO lodger")
    try:
        with pytest.raises(DatabaseRefused, match=r"somebody else: blocks .* Adopt as their owner"):
            await adopted(mistaken_url.replace("indexer@", "lodger@"))
    finally:
        await run(mistaken_url, "DROP OWNED BY lodger", "DROP ROLE lodger")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("ALTER TABLE posts DROP COLUMN cid", "posts has no column cid"),
        ("ALTER TABLE likes ALTER created_at TYPE text", "likes.created_at is of type text"),
        ("CREATE VIEW theirs AS SELECT uri FROM posts", "views of others .*: theirs. Drop them"),
        ("CREATE TABLE repos (id int)", "repos stands where"),
        ("CREATE INDEX likes_via ON mutes (uri)", 'relation "likes_via" already exists'),
        ("CREATE SCHEMA older", "there is a schema older already"),
        (
            "ALTER TABLE lists DROP CONSTRAINT lists_pkey; INSERT INTO lists SELECT * FROM lists",
            "lists.*duplicated",
        ),
    ],
)
async def test_one_that_cannot_be_taken_is_refused_and_stays(
    mistaken_url: str, change: str, why: str
) -> None:
    await run(mistaken_url, change)
    before = await catalogue(mistaken_url)
    with pytest.raises(DatabaseRefused, match=why):
        await adopted(mistaken_url)
    assert await catalogue(mistaken_url) == before


async def test_whoever_writes_is_not_cut_off(
    mistaken_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.adopt.adopting.WRITERS_S", 0.05)
    other = await asyncpg.connect(mistaken_url)
    async with other.transaction():
        await other.execute("DELETE FROM likes")
        with pytest.raises(DatabaseRefused, match="stop the older workers"):
            await adopted(mistaken_url)
    await other.close()


async def test_keys_of_other_tables_lead_to_ours_unless_they_forbid_deletions(
    mistaken_url: str,
) -> None:
    report = await adopted(mistaken_url)
    assert [(tie.name, tie.anew is None) for tie in report.found.ties] == [
        ("sessions.sessions_user_did_fkey", True),
        ("user_preferences.user_preferences_user_did_fkey", False),
    ]
    await run(
        mistaken_url, "DROP SCHEMA older CASCADE", "DELETE FROM users WHERE handle = 'alice.test'"
    )
    assert await fetchval(mistaken_url, "SELECT count(*) FROM user_preferences") == 0
    assert await fetchval(mistaken_url, "SELECT count(*) FROM sessions") == 1


async def test_a_cursor_that_names_no_host_is_of_the_relay_if_somebody_says_so(
    mistaken_url: str, taken: tuple[str, Report]
) -> None:
    assert taken[1].nameless == ["firehose"]
    await run(mistaken_url, "DROP ROLE IF EXISTS asker", "CREATE ROLE asker")
    await run(
        mistaken_url, "GRANT SELECT, INSERT ON likes TO asker; GRANT SELECT ON feed_items TO asker"
    )
    try:
        await adopted(mistaken_url, relay="relay.test/xrpc/stream")
        query = "SELECT cursor FROM firehose_cursor WHERE service = 'relay.test/xrpc/stream'"
        assert await fetchval(mistaken_url, query) == 30_000_000_007
        for table, what in (("likes", "INSERT"), ("feed_items", "SELECT")):
            can = f"SELECT has_table_privilege('asker', 'public.{table}', '{what}')"
            assert await fetchval(mistaken_url, can), "what was granted is granted"
    finally:
        await run(mistaken_url, "DROP OWNED BY asker", "DROP ROLE asker")
