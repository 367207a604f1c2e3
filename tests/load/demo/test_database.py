"""The demo's rows go where nobody else's are, and leave nothing."""

import asyncpg
import pytest

from indexer import database
from load.demo.database import beside, committed, row_counts, scratch

NAMES = "SELECT datname FROM pg_database ORDER BY 1"


async def names(url: str) -> list[str]:
    connection = await database.connect(url, "test")
    found = [row["datname"] for row in await connection.fetch(NAMES)]
    await connection.close()
    return found


async def test_a_scratch_database_is_empty_and_goes(empty_database_url: str) -> None:
    before = await names(empty_database_url)
    async with scratch(empty_database_url) as url:
        connection = await database.connect(url, "test")
        assert await row_counts(connection) == []
        await connection.execute("CREATE TABLE mine (x int)")
        assert len(await names(empty_database_url)) == len(before) + 1
    assert await names(empty_database_url) == before
    await connection.close()


async def test_it_goes_when_the_demo_fails(empty_database_url: str) -> None:
    before = await names(empty_database_url)
    with pytest.raises(RuntimeError):
        async with scratch(empty_database_url):
            raise RuntimeError
    assert await names(empty_database_url) == before


def test_only_the_name_in_the_url_changes() -> None:
    url = "postgresql://me:secret@host:5433/mine?sslmode=require"
    assert beside(url, "other") == "postgresql://me:secret@host:5433/other?sslmode=require"
    assert beside("postgresql:///mine?host=/run", "other") == "postgresql:///other?host=/run"


async def test_nothing_is_committed_where_there_is_no_schema(empty_database_url: str) -> None:
    connection = await database.connect(empty_database_url, "test")
    assert await committed(connection) == 0
    await connection.close()


async def test_the_stored_cursor_is_what_is_committed(connection: asyncpg.Connection) -> None:
    assert await committed(connection) == 0
    await connection.execute("INSERT INTO firehose_cursor (service, cursor) VALUES ('here', 42)")
    assert await committed(connection) == 42
    assert ("firehose_cursor", 1) in await row_counts(connection)
