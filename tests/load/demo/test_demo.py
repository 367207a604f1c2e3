"""The demo runs to its end, fails with what the indexer said, and clears away in any case."""

import re
import signal
from asyncio.subprocess import Process
from pathlib import Path

import pytest

from indexer import database
from tests.load.demo.test_database import names
from tests.load.programs import program

DEMO = ("demo", "--commits", "1500")


async def output(process: Process) -> str:
    said, _ = await process.communicate()
    return said.decode()


async def test_it_runs_to_its_end_and_leaves_nothing(tmp_path: Path) -> None:
    async with program(tmp_path, *DEMO, SHARDS="1") as process:
        said = await output(process)
    assert process.returncode == 0, said
    rows = {name: int(n.replace(",", "")) for name, n in re.findall(r"(\w+) +([\d,]+)", said)}
    assert rows["likes"] > 500
    assert rows["notifications"] > 100
    assert rows["quarantine"] == 0
    assert "The most liked posts" in said
    assert "a second" in said
    assert list(tmp_path.iterdir()) == []


async def test_a_server_given_gets_a_scratch_database_for_a_while(
    tmp_path: Path, empty_database_url: str
) -> None:
    before = await names(empty_database_url)
    async with program(tmp_path, *DEMO, SHARDS="1", DATABASE_URL=empty_database_url) as process:
        said = await output(process)
    assert process.returncode == 0, said
    assert "scratch" in said
    assert await names(empty_database_url) == before
    connection = await database.connect(empty_database_url, "test")
    assert await connection.fetchval("SELECT to_regclass('posts')") is None
    await connection.close()


async def test_what_the_indexer_says_when_it_fails_is_shown(
    tmp_path: Path, empty_database_url: str
) -> None:
    before = await names(empty_database_url)
    async with program(tmp_path, *DEMO, SHARDS="many", DATABASE_URL=empty_database_url) as process:
        said = await output(process)
    assert process.returncode == 1
    assert "SHARDS" in said
    assert "Traceback" not in said
    assert await names(empty_database_url) == before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_can_be_stopped_at_any_time(
    tmp_path: Path, empty_database_url: str, number: signal.Signals
) -> None:
    before = await names(empty_database_url)
    async with program(tmp_path, *DEMO, DATABASE_URL=empty_database_url) as process:
        assert process.stdout is not None
        while b"Database:" not in await process.stdout.readline():
            assert process.returncode is None
        process.send_signal(number)
        said = await output(process)
    assert process.returncode == 130, said
    assert "Traceback" not in said
    assert await names(empty_database_url) == before
    assert list(tmp_path.iterdir()) == []
