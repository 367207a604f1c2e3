"""A database gets this version's schema once, and a strange one is refused whole."""

import asyncio
import shutil
from pathlib import Path

import asyncpg
import pytest

from indexer import database
from indexer.database import DatabaseRefused
from indexer.database.files import SCHEMA, checksum
from indexer.database.session import SQL


@pytest.fixture
def sql(tmp_path: Path) -> Path:
    """A schema of one table, one view that needs it, no migration."""
    for part in ("tables", "views", "migrations"):
        (tmp_path / part).mkdir()
    shutil.copy(SQL / "tables" / "schema_version.sql", tmp_path / "tables")
    (tmp_path / "tables" / "a.sql").write_text("CREATE TABLE a (x int);\nCREATE INDEX ON a (x);")
    (tmp_path / "views" / "b.sql").write_text("CREATE VIEW b AS SELECT x FROM a;")
    return tmp_path


def add_migration(sql: Path, name: str, column: str) -> None:
    (sql / "migrations" / f"{name}.sql").write_text(f"ALTER TABLE a ADD COLUMN {column} int;")
    with (sql / "tables" / "a.sql").open("a") as table:
        table.write(f"\n/* with {column} */ SELECT '{column}';")


async def columns(url: str) -> list[str]:
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'a'::regclass AND attnum > 0"
    )
    await connection.close()
    return sorted(row["attname"] for row in rows)


async def test_an_empty_database_gets_the_whole_schema_once(empty_database_url):
    assert await database.migrate(empty_database_url) == [SCHEMA]
    assert await database.migrate(empty_database_url) == []


async def test_of_many_who_begin_at_once_one_makes_the_schema(empty_database_url):
    done = await asyncio.gather(*(database.migrate(empty_database_url) for _ in range(5)))
    assert sorted(done) == [[], [], [], [], [SCHEMA]]


async def test_sessions_of_others_speak_utc_afterwards(empty_database_url):
    await database.migrate(empty_database_url)
    other = await asyncpg.connect(empty_database_url)
    assert await other.fetchval("SELECT source FROM pg_settings WHERE name = 'TimeZone'") == (
        "database"
    )
    assert await other.fetchval("SHOW timezone") == "UTC"
    await other.close()


async def test_a_migration_is_applied_once_and_in_order(empty_database_url, sql):
    await database.migrate(empty_database_url, sql)
    add_migration(sql, "0001_first", "y")
    add_migration(sql, "0002_second", "z")
    assert await database.migrate(empty_database_url, sql) == ["0001_first", "0002_second"]
    assert await database.migrate(empty_database_url, sql) == []
    assert await columns(empty_database_url) == ["x", "y", "z"]


async def test_a_new_database_has_had_every_migration(empty_database_url, sql):
    add_migration(sql, "0001_first", "y")
    assert await database.migrate(empty_database_url, sql) == [SCHEMA]
    assert await database.migrate(empty_database_url, sql) == []
    assert await columns(empty_database_url) == ["x"]


async def test_a_migration_that_fails_leaves_everything_as_it_was(empty_database_url, sql):
    await database.migrate(empty_database_url, sql)
    add_migration(sql, "0001_good", "y")
    (sql / "migrations" / "0002_bad.sql").write_text("ALTER TABLE a ADD COLUMN z nonsense;")
    with pytest.raises(
        DatabaseRefused, match=r"0002_bad failed: .*nonsense.* go on with the older"
    ):
        await database.migrate(empty_database_url, sql)
    assert await columns(empty_database_url) == ["x"]


async def test_a_migration_changed_after_it_was_applied_is_refused(empty_database_url, sql):
    await database.migrate(empty_database_url, sql)
    add_migration(sql, "0001_first", "y")
    await database.migrate(empty_database_url, sql)
    (sql / "migrations" / "0001_first.sql").write_text("ALTER TABLE a ADD COLUMN other int;")
    with pytest.raises(DatabaseRefused, match="0001_first changed"):
        await database.migrate(empty_database_url, sql)


async def test_a_database_of_a_newer_version_is_refused(empty_database_url, sql):
    await database.migrate(empty_database_url, sql)
    add_migration(sql, "0001_first", "y")
    await database.migrate(empty_database_url, sql)
    (sql / "migrations" / "0001_first.sql").unlink()
    with pytest.raises(DatabaseRefused, match="newer version, which applied 0001_first"):
        await database.migrate(empty_database_url, sql)


async def test_tables_that_changed_without_a_migration_are_refused(empty_database_url, sql):
    await database.migrate(empty_database_url, sql)
    (sql / "tables" / "a.sql").write_text("CREATE TABLE a (x bigint);")
    with pytest.raises(DatabaseRefused, match="no migration leads"):
        await database.migrate(empty_database_url, sql)


async def test_a_comment_changes_nothing(empty_database_url, sql):
    await database.migrate(empty_database_url, sql)
    (sql / "tables" / "a.sql").write_text(
        "-- A table.\nCREATE TABLE a (x int); -- x\n\nCREATE INDEX ON a (x);\n"
    )
    assert await database.migrate(empty_database_url, sql) == []


async def test_somebody_elses_table_of_our_name_is_left_alone(empty_database_url, sql):
    other = await asyncpg.connect(empty_database_url)
    await other.execute("CREATE TABLE a (theirs int)")
    with pytest.raises(DatabaseRefused, match=r'"a" already exists.*empty database'):
        await database.migrate(empty_database_url, sql)
    assert not await other.fetchval("SELECT to_regclass('schema_version') IS NOT NULL")
    await other.close()


async def test_a_user_who_may_not_is_told_so(empty_database_url, sql):
    owner = await asyncpg.connect(empty_database_url)
    await owner.execute("DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN")
    await owner.close()
    with pytest.raises(DatabaseRefused, match=r"must be owner.*database's owner"):
        await database.migrate(empty_database_url.replace("indexer@", "guest@"), sql)


def test_a_checksum_is_of_the_words_in_their_order(tmp_path):
    for name, text in (("a", "SELECT 1"), ("b", "SELECT\n  1 -- one"), ("c", "SELECT 2")):
        (tmp_path / name).write_text(text)
    a, b, c = (checksum([tmp_path / name]) for name in "abc")
    assert a == b != c
