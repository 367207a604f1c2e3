"""The real program, started as anybody would, and watched through its database."""

import asyncio
import os
import random
import re
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg

from indexer import database
from load.replay import serve
from tests.snapshot import Snapshot, snapshot

ROOT = Path(__file__).parents[2]
SETTINGS = "[cursor]\nsave_every_s = 0.05\n"
PATIENCE_S = 60


def free_port() -> int:
    """Of those that the system gives to nobody by itself: it stays free until it is used."""
    for port in random.SystemRandom().sample(range(20_000, 32_000), 100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise AssertionError("a hundred ports, and all of them are taken")


PORT = free_port()  # one relay, however often it is begun: its address names it


@dataclass
class Program:
    process: Process
    database_url: str
    output: Path

    async def reached(self, seq: int) -> None:
        """Wait until everything up to `seq` is in the database, which may come and go."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not await self._is_at(seq):
                    self.check()
        except TimeoutError:
            raise AssertionError(f"did not come to {seq}. It said:\n{self.said()}") from None

    async def _is_at(self, seq: int) -> bool:
        """Waits as long as there is a connection, or a moment for one."""
        try:
            connection = await database.connect(self.database_url, "test")
            while (await _cursor(connection) or 0) < seq:
                self.check()
                await asyncio.sleep(0.02)
            await connection.close()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            if not database.lost(error):
                raise
            await asyncio.sleep(0.1)
            return False
        return True

    def check(self) -> None:
        assert self.process.returncode is None, f"ended by itself. It said:\n{self.said()}"

    def said(self) -> str:
        return self.output.read_text()

    async def status(self) -> dict[str, Any]:
        """What the running program says of itself."""
        found = re.findall(r"http://127\.0\.0\.1:(\d+)/metrics", self.said())
        url = f"http://127.0.0.1:{found[-1]}/status"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return dict(await answer.json())

    async def shard(self, index: int, but: int = 0) -> int:
        """The process of a shard, once it runs, and is another than one that is dead."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                shard = (await self.status())["shards"][index]
                if shard["state"] == "running" and shard["pid"] != but:
                    return int(shard["pid"])
                await asyncio.sleep(0.05)

    async def end(self, number: int = signal.SIGTERM) -> int:
        """Signal the parent; its exit status, when neither it nor a process of its is left."""
        self.process.send_signal(number)
        async with asyncio.timeout(PATIENCE_S):
            status = await self.process.wait()
            while group_of(self.process.pid):
                await asyncio.sleep(0.02)
        return status


@asynccontextmanager
async def running(
    directory: Path, database_url: str, relay_url: str, **environment: str
) -> AsyncIterator[Program]:
    """`python -m indexer run`, which leaves no process of its behind."""
    settings, output = directory / "test.toml", directory / "output"
    settings.write_text(SETTINGS)
    with output.open("ab") as file:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "indexer", "run"),
            cwd=ROOT,
            env=os.environ
            | {
                "DATABASE_URL": database_url,
                "RELAY_URL": relay_url,
                "INDEXER_CONFIG": str(settings),
                "START_CURSOR": "0",
                "METRICS_PORT": "0",
                "SKIP_PDS_FETCHING": "true",
            }
            | environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    try:
        yield Program(process, database_url, output)
    finally:
        await _clear(process)


async def index(
    directory: Path, database_url: str, capture: Path, last: int, **environment: str
) -> Snapshot:
    """What is in the database when the whole capture has been through the program."""
    async with (
        serve(capture, PORT) as relay,
        running(directory, database_url, f"ws://127.0.0.1:{relay.port}", **environment) as program,
    ):
        await program.reached(last)
        assert await program.end() == 0, program.said()
    return await look(database_url)


async def look(database_url: str) -> Snapshot:
    connection = await database.connect(database_url, "test")
    try:
        return await snapshot(connection)
    finally:
        await connection.close()


async def execute(database_url: str, statement: str) -> None:
    connection = await database.connect(database_url, "test")
    await connection.execute(statement)
    await connection.close()


async def _cursor(connection: asyncpg.Connection) -> int | None:
    if await connection.fetchval("SELECT to_regclass('firehose_cursor')") is None:
        return None
    return await connection.fetchval("SELECT max(cursor) FROM firehose_cursor")


async def _clear(leader: Process) -> None:
    """Without their parent the others leave, and unlink their semaphores, or else are killed."""
    if leader.returncode is None:
        leader.kill()
    await leader.wait()
    try:
        async with asyncio.timeout(10):
            while group_of(leader.pid):
                await asyncio.sleep(0.02)
    except TimeoutError:
        for pid in group_of(leader.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def group_of(leader: int) -> list[int]:
    """The living processes of a session, the leader included."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[3]) == leader and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found
