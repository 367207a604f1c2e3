"""The schema is the sum of its migrations: the oldest version's, brought up, is as today's."""

import asyncio
import shutil
from pathlib import Path

import asyncpg
import pytest

from indexer import database
from indexer.database import DatabaseRefused
from indexer.database.files import read_files
from indexer.database.session import SQL
from tests.database.baseline import unpack
from tests.database.catalogue import catalogue, difference

NAME = "0001_language"
MIGRATION = """
ALTER TABLE posts ADD COLUMN language text COLLATE "C" NOT NULL DEFAULT 'und';
CREATE INDEX posts_language ON posts (language);
ALTER TABLE lists ALTER COLUMN description SET NOT NULL;
"""
FORGOT = "- index: CREATE INDEX posts_language ON public.posts USING btree (language)"


@pytest.fixture
def baseline(tmp_path: Path) -> Path:
    return unpack(tmp_path / "baseline")


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """A version after this one: other tables with a migration, other functions and other views."""
    sql = shutil.copytree(SQL, tmp_path / "newer")
    _replace(sql / "tables/posts.sql", "created_at      ", f"{_column()},\n    created_at      ")
    _replace(
        sql / "tables/posts.sql",
        "\n);\n",
        "\n);\nCREATE INDEX posts_language ON posts (language);\n",
    )
    _replace(sql / "tables/lists.sql", "description text,", "description text NOT NULL,")
    _replace(sql / "functions/somebody_mutes_threads.sql", "2 <>", "2 !=")
    _replace(sql / "views/feed_items.sql", "'post' AS type,", "'post' AS type, language,")
    _replace(sql / "views/feed_items.sql", "'repost',", "'repost', 'und',")
    (sql / "views/verdicts.sql").rename(sql / "views/judged.sql")
    _replace(sql / "views/judged.sql", "VIEW verdicts", "VIEW judged")
    (sql / "migrations").mkdir(exist_ok=True)
    (sql / f"migrations/{NAME}.sql").write_text(MIGRATION)
    return sql


def _column() -> str:
    return MIGRATION.split("ADD COLUMN ")[1].split(";")[0]


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


async def brought_up(url: str, *versions: Path) -> list[str]:
    for sql in versions:
        await database.migrate(url, sql)
    return await catalogue(url)


async def test_the_oldest_version_brought_up_is_as_this_one(
    empty_database_url: str, database_url: str, baseline: Path
) -> None:
    """If it fails, a file of sql/tables changed and no migration does the same to what is there."""
    found = await brought_up(empty_database_url, baseline, SQL)
    assert difference(await catalogue(database_url), found) == []
    assert await database.migrate(empty_database_url) == []


async def test_so_is_a_version_whose_tables_functions_and_views_all_changed(
    empty_database_url: str, database_url: str, baseline: Path, newer: Path
) -> None:
    found = await brought_up(empty_database_url, baseline, newer)
    await _clear(database_url)
    assert difference(await brought_up(database_url, newer), found) == []
    assert any("judged" in line for line in found)
    assert not any("verdicts" in line for line in found)
    assert await database.migrate(empty_database_url, newer) == []


async def test_a_migration_that_forgets_something_is_found_out(
    empty_database_url: str, database_url: str, newer: Path
) -> None:
    _replace(
        newer / f"migrations/{NAME}.sql", "CREATE INDEX posts_language ON posts (language);", ""
    )
    found = await brought_up(empty_database_url, SQL, newer)
    await _clear(database_url)
    assert difference(await brought_up(database_url, newer), found) == [FORGOT]


async def test_what_was_granted_on_a_view_is_granted_on_the_one_that_takes_its_place(
    database_url: str, newer: Path
) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("DROP ROLE IF EXISTS reader; CREATE ROLE reader")
    await connection.execute("GRANT SELECT ON feed_items TO reader")
    try:
        await database.migrate(database_url, newer)
        can = "SELECT has_table_privilege('reader', 'feed_items', 'SELECT')"
        assert await connection.fetchval(can)
    finally:
        await connection.execute("DROP OWNED BY reader; DROP ROLE reader")
        await connection.close()


async def test_functions_and_views_alone_need_no_migration(database_url: str, newer: Path) -> None:
    shutil.rmtree(newer / "tables")
    shutil.copytree(SQL / "tables", newer / "tables")
    shutil.rmtree(newer / "migrations")
    shutil.copy(SQL / "views/feed_items.sql", newer / "views")
    assert await database.migrate(database_url, newer) == [
        "functions/somebody_mutes_threads",
        "views/judged",
        "views/verdicts",
    ]
    assert await database.migrate(database_url, newer) == []


async def test_a_migration_that_fails_late_leaves_tables_functions_and_views_as_they_were(
    database_url: str, newer: Path
) -> None:
    before = await catalogue(database_url)
    (newer / "views/feed_items.sql").write_text("CREATE VIEW feed_items AS SELECT nothing;")
    with pytest.raises(DatabaseRefused, match=r"making views/feed_items failed.*is as it was"):
        await database.migrate(database_url, newer)
    assert await catalogue(database_url) == before
    assert await database.migrate(database_url) == []


async def test_what_others_built_on_a_view_is_named_and_left(
    database_url: str, newer: Path
) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("CREATE VIEW theirs AS SELECT uri FROM feed_items")
    await connection.close()
    with pytest.raises(DatabaseRefused, match=r"view theirs depends.*drop what others built"):
        await database.migrate(database_url, newer)


async def test_a_table_in_use_is_not_waited_for_for_ever(
    database_url: str, newer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.database.lifting.LOCK_TIMEOUT", "SET LOCAL lock_timeout = '50ms'")
    connection = await asyncpg.connect(database_url)
    async with connection.transaction():
        await connection.execute("SELECT FROM feed_items LIMIT 1")
        with pytest.raises(DatabaseRefused, match="somebody uses its tables"):
            await database.migrate(database_url, newer)
    await asyncio.gather(
        database.migrate(database_url, newer), database.migrate(database_url, newer)
    )
    await connection.close()


@pytest.mark.parametrize("path", read_files(SQL).replaced.values(), ids=lambda path: path.stem)
def test_a_file_that_is_replaced_makes_what_it_is_named_after_and_nothing_else(path: Path) -> None:
    made = [line for line in path.read_text().splitlines() if line.startswith("CREATE ")]
    kind = {"views": "VIEW", "functions": "FUNCTION"}[path.parent.name]
    assert [line.split("(")[0].split()[1:3] for line in made] == [[kind, path.stem]]


async def _clear(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    await connection.close()
