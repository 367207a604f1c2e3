import os
from pathlib import Path

import asyncpg
import pytest

from indexer import config, database, postgres
from indexer.doctor import Finding, settings
from indexer.doctor import database as checks
from load.demo.database import beside
from tests.records.samples import ALICE

SERVICE = "relay.example/xrpc/com.atproto.sync.subscribeRepos"


async def look(url: str, **variables: str) -> list[Finding]:
    shown = config.load({"DATABASE_URL": url} | variables)
    async with checks.opened(shown) as (connection, trouble):
        if connection is None:
            return [trouble]
        return [one async for one in checks.look(connection, shown, SERVICE)]


async def test_our_own_server_passes_every_check(tmp_path: Path) -> None:
    with postgres.running(tmp_path) as server:
        await database.migrate(server.url)
        found = await look(server.url)
    assert [one for one in found if one.level != "well"] == []
    about = {one.about: one.found for one in found}
    assert set(settings.NAMES) <= set(about["settings"].replace(",", "").split())
    assert about["schema"] == "of this version" and about["indexer"] == "none runs on this database"


async def test_what_is_set_otherwise_is_named_with_what_to_do(tmp_path: Path) -> None:
    bad = {
        "fsync": "off",
        "full_page_writes": "off",
        "autovacuum": "off",
        "shared_buffers": "128MB",
        "max_wal_size": "1GB",
        "checkpoint_timeout": "5min",
        "wal_buffers": "4MB",
        "wal_compression": "pglz",
        "random_page_cost": "4",
    }
    with postgres.running(tmp_path, settings=bad) as server:
        found = [one for one in await look(server.url) if one.about == "setting"]
    assert {one.found.split()[0] for one in found} == set(settings.NAMES)
    assert {one.found.split()[0] for one in found if one.level == "wrong"} == {
        "fsync",
        "autovacuum",
    }
    assert all(one.advice for one in found)
    assert "shared_buffers is 128MB" in {one.found for one in found}


async def test_a_database_without_our_schema_is_not_touched(
    database_url: str, connection: asyncpg.Connection
) -> None:
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    await connection.execute(
        "ALTER DATABASE CURRENT_DATABASE RESET TimeZone".replace(
            "CURRENT_DATABASE", await connection.fetchval("SELECT quote_ident(current_database())")
        )
    )
    found = {one.about: one for one in await look(database_url)}
    assert found["schema"].level == "better" and "migrate" in found["schema"].advice
    assert found["time zone"].level == "better"
    assert await connection.fetchval("SELECT to_regclass('schema_version')") is None
    assert await checks.cursor(connection, SERVICE) is None


async def test_a_schema_of_another_version_is_wrong(
    database_url: str, connection: asyncpg.Connection
) -> None:
    await connection.execute("INSERT INTO schema_version (name, checksum) VALUES ('9999_x', 'y')")
    found = {one.about: one for one in await look(database_url)}
    assert found["schema"].level == "wrong" and "9999_x" in found["schema"].found


async def test_too_few_connections_are_wrong(database_url: str) -> None:
    found = {one.about: one for one in await look(database_url, DB_POOL_SIZE="5000")}
    assert found["connections"].level == "wrong" and "5000" in found["connections"].found


async def test_whoever_indexes_there_is_named(
    database_url: str, connection: asyncpg.Connection
) -> None:
    await database.hold(connection, SERVICE)
    found = {one.about: one for one in await look(database_url)}
    assert "test, from its unix socket" in found["indexer"].found


async def test_an_encoding_that_lacks_letters_is_wrong(
    database_url: str, connection: asyncpg.Connection
) -> None:
    name = f"latin1_{os.getpid()}"
    await connection.execute(
        f"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"
    )
    try:
        found = {one.about: one for one in await look(beside(database_url, name))}
        assert found["encoding"].level == "wrong" and found["encoding"].found == "LATIN1"
    finally:
        await connection.execute(f"DROP DATABASE {name}")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://me:secret@127.0.0.1:1/x", "127.0.0.1:1/x"),
        ("mysql://me:secret@db/x", "cannot be read"),
    ],
)
async def test_a_server_that_is_not_there_is_wrong(url: str, said: str) -> None:
    (found,) = await look(url)
    assert found.level == "wrong" and said in found.found and "secret" not in found.found


async def test_none_yet_is_no_fault() -> None:
    (found,) = await look("", DATA_DIR="/nowhere")
    assert found.level == "well" and "/nowhere" in found.found


async def test_the_stored_cursor_is_read(connection: asyncpg.Connection) -> None:
    await connection.execute(
        "INSERT INTO firehose_cursor (service, cursor) VALUES ($1, 77)", SERVICE
    )
    assert await checks.cursor(connection, SERVICE) == 77
    assert await checks.cursor(connection, ALICE) is None
