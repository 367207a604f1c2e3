"""An adoption that is cut off leaves nothing, wherever it was; begun anew, it is as any other."""

import asyncio
import os
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from indexer.adopt import Report, adopt
from indexer.postgres import Server
from tests.adopt.conftest import HERE, MISTAKES, OLDER, adopted, run
from tests.conftest import SETTINGS, fresh_database, wait_for
from tests.database.catalogue import catalogue
from tests.polling import blocked
from tests.processes import module
from tests.test_main import refusal

BRAKE = (HERE / "brake.sql").read_text()
FIRST = "CREATE SCHEMA adopting"
ROWS = "%CREATE TEMPORARY TABLE said%"  # half of the tables are carried
PLACES = 'ALTER TABLE "public".likes SET SCHEMA older'
LAST = "DROP SCHEMA adopting"
TABLES = """
    SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname IN ('public', 'older', 'adopted') ORDER BY 1
"""
# But for when it was done.
ROWS_OF = """
    SELECT replace(regexp_replace(row_to_json(t)::text, '"expires":"[^"]*"', ''),
                   to_json(a.at)::text, 'then')
    FROM {} t, (SELECT min(applied_at) AS at FROM schema_version) AS a ORDER BY 1
"""
SEQUENCES = "SELECT schemaname || '.' || sequencename, last_value FROM pg_sequences ORDER BY 1"
NOBODY_AT_WORK = (
    "NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'indexer adopt')"
)


@pytest.fixture
def server(tmp_path: Path, postgres_binaries: Path) -> Iterator[Server]:
    """One to be killed."""
    server = Server(tmp_path / "data", binaries=postgres_binaries, settings=SETTINGS)
    server.start()
    try:
        wait_for(run(server.url, OLDER, MISTAKES))
        yield server
    finally:
        server.stop()


@pytest.fixture
def copied_url(server: Server) -> Iterator[str]:
    with fresh_database(server, "indexer") as url:
        yield url


class Brake:
    """Holds an adoption where it begins a statement, or commits."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection

    async def set(self, statement: str, at_commit: bool = False) -> None:
        await self.connection.execute("TRUNCATE brake.point")
        point = "INSERT INTO brake.point VALUES ($1, $2)"
        await self.connection.execute(point, statement, at_commit)
        await self.connection.execute("SELECT pg_advisory_lock(1)")

    async def holds(self) -> None:
        await blocked(self.connection)

    async def release(self) -> None:
        await self.connection.execute("SELECT pg_advisory_unlock(1)")

    async def until(self, condition: str) -> None:
        async with asyncio.timeout(40):
            while not await self.connection.fetchval(f"SELECT {condition}"):
                await asyncio.sleep(0.02)


@asynccontextmanager
async def braked(url: str) -> AsyncIterator[Brake]:
    await run(url, BRAKE)
    connection = await asyncpg.connect(url)
    yield Brake(connection)
    await connection.close()


def adopting(url: str) -> AbstractAsyncContextManager[Process]:
    return module("indexer", "adopt", env=os.environ | {"DATABASE_URL": url})


async def killed(url: str, brake: Brake, statement: str, *, released: bool) -> None:
    """Until the server knows; what it waits for there is given to it at once, or only then."""
    await brake.set(statement)
    async with adopting(url) as process:
        await brake.holds()
        process.kill()
        await process.wait()
    if released:
        await brake.release()
    await brake.until(NOBODY_AT_WORK)
    if not released:
        await brake.release()


async def all_of(url: str) -> dict[str, Any]:
    """Every row of ours, of what was older, and of what was said of the adoption."""
    connection = await asyncpg.connect(url)
    tables = [name for (name,) in await connection.fetch(TABLES)]
    found: dict[str, Any] = {
        table: await connection.fetch(ROWS_OF.format(table)) for table in tables
    }
    found["sequences"] = await connection.fetch(SEQUENCES)
    await connection.close()
    return found


async def test_killed_anywhere_it_leaves_what_was_and_begun_anew_it_comes_to_the_same(
    mistaken_url: str, taken: tuple[str, Report]
) -> None:
    before = await catalogue(mistaken_url)
    async with braked(mistaken_url) as brake:
        for statement in (FIRST, ROWS, PLACES):
            await killed(mistaken_url, brake, statement, released=statement != ROWS)
            assert await catalogue(mistaken_url) == before
    said = await asyncio.to_thread(refusal, "run", DATABASE_URL=mistaken_url)
    assert "`indexer adopt` takes over one of the older system" in said
    async with adopting(mistaken_url) as process:
        said, _ = await process.communicate()
    assert b"adopted in" in said
    assert await all_of(mistaken_url) == await all_of(taken[0])


async def test_killed_before_it_could_say_so_it_is_done(
    mistaken_url: str, taken: tuple[str, Report]
) -> None:
    async with braked(mistaken_url) as brake:
        await brake.set(LAST, at_commit=True)
        async with adopting(mistaken_url) as process:
            await brake.holds()
            process.send_signal(signal.SIGSTOP)
            await brake.release()
            await brake.until("to_regclass('repos') IS NOT NULL")
    assert await adopt(mistaken_url, lambda *_: None) is None
    assert await all_of(mistaken_url) == await all_of(taken[0])


async def test_meanwhile_nobody_makes_a_schema_or_runs(mistaken_url: str) -> None:
    async with braked(mistaken_url) as brake:
        await brake.set(ROWS)
        work = asyncio.create_task(adopted(mistaken_url))
        await brake.holds()
        commands = (
            asyncio.to_thread(refusal, command, DATABASE_URL=mistaken_url)
            for command in ("migrate", "run")
        )
        for said in await asyncio.gather(*commands):
            assert said.startswith("`indexer adopt` is taking this database over"), said
        await brake.release()
        await work


async def test_when_the_server_dies_under_it_what_was_comes_back(
    server: Server, copied_url: str
) -> None:
    before = await catalogue(server.url)
    async with braked(server.url) as brake:
        await brake.set(PLACES)
        async with adopting(server.url) as process:
            await brake.holds()
            postmaster = (server.data_dir / "postgres" / "postmaster.pid").read_text().split()[0]
            os.kill(int(postmaster), signal.SIGKILL)
            _, said = await process.communicate()
    assert process.returncode == 1
    assert b"indexer: cannot reach the database" in said
    server.start()
    assert await catalogue(server.url) == before
    await adopted(server.url)
    await adopted(copied_url)
    assert await all_of(server.url) == await all_of(copied_url)
