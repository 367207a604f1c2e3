"""A disk that is full is waited for: nothing is lost, and nobody has to start anything again."""

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from indexer import database
from load.replay import serve
from tests.snapshot import Snapshot, difference
from tests.system.conftest import Capture, begin, embedded, look_into
from tests.system.program import PATIENCE_S, PORT, Program, running

SIZE_MB = 160
PIECE = bytes(2**16)
HASTY = "[cursor]\nsave_every_s = 0.05\n[relay]\nbackoff_max_s = 1\n"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "indexer-test", str(disk)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("capture", ["made"], indirect=True)
async def test_a_full_disk_is_waited_for(
    expected: Snapshot, capture: Capture, small_disk: Path, tmp_path: Path
) -> None:
    """First the tables find no room. Then PostgreSQL's log of writes does, which is its death."""
    server = embedded(small_disk / "data")
    hasty = tmp_path / "hasty.toml"
    hasty.write_text(HASTY)
    first, second = (begin(capture, capture.last * n // 3, tmp_path / f"{n}.zst") for n in (1, 2))
    where = {"DATA_DIR": str(server.data_dir), "INDEXER_CONFIG": str(hasty)}
    url = f"ws://127.0.0.1:{PORT}"
    async with running(tmp_path, "", url, SHARDS="2", **where) as program:
        program.database_url = server.url
        async with serve(first, PORT):
            await program.reached(capture.last // 3)
        await switch_log(server.url)  # It has room for what follows.
        ballast = fill(small_disk)
        async with serve(second, PORT):
            await says(program, "PostgreSQL has no room")
            ballast.unlink()
            await program.reached(capture.last * 2 // 3)
        ballast = fill(small_disk)
        with pytest.raises((OSError, asyncpg.PostgresError, asyncpg.InterfaceError)) as death:
            while True:
                await switch_log(server.url)
        assert database.lost(death.value), death.value
        async with serve(capture.path, PORT):
            await says(program, "PostgreSQL does not start: FATAL:  could not write")
            ballast.unlink()
            await program.reached(capture.last)
        assert await program.end() == 0, program.said()
    assert difference(expected, await look_into(server)) == []


def fill(disk: Path) -> Path:
    """Takes all the room there is, in a file that can be removed."""
    ballast = disk / "ballast"
    try:
        with ballast.open("wb", buffering=0) as file:
            while file.write(PIECE):
                pass
    except OSError:
        return ballast


async def switch_log(url: str) -> None:
    """Begins a new segment of the log of writes."""
    connection = await database.connect(url, "test")
    try:
        await connection.execute("SELECT pg_logical_emit_message(false, '', ''), pg_switch_wal()")
    finally:
        await connection.close()


async def says(program: Program, words: str) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while words not in program.said():
            program.check()
            await asyncio.sleep(0.05)
