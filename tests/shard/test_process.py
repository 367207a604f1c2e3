"""The shard as a process: what it says of itself, and of its end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import pytest

from indexer import postgres
from indexer.shard import process
from indexer.shard.loop import Loop
from indexer.shard.writer import Writer
from load.capture import write_capture
from load.generate import generate
from load.replay import serve
from tests.polling import until
from tests.system.program import PORT, Program, execute, running

PATIENCE_S = 30


@asynccontextmanager
async def indexing(directory: Path, database_url: str) -> AsyncIterator[Program]:
    capture = write_capture(directory / "world.cborseq.zst", generate(seed=3, commits=60))
    async with (
        serve(capture, PORT) as relay,
        running(directory, database_url, f"ws://127.0.0.1:{relay.port}", SHARDS="1") as program,
    ):
        await program.reached(1)
        yield program


async def answer(program: Program, path: str) -> tuple[int, dict[str, Any]]:
    """What the shard's own server says, once it has one."""
    async with asyncio.timeout(PATIENCE_S):
        while (address := (await program.status())["shards"][0]["metrics"]) is None:
            await asyncio.sleep(0.05)
    async with aiohttp.ClientSession() as session, session.get(address + path) as response:
        return response.status, await response.json()


@pytest.mark.timeout(120)
async def test_health_is_green_while_all_is_well(database_url: str, tmp_path: Path) -> None:
    async with indexing(tmp_path, database_url) as program:
        assert await answer(program, "/health") == (200, {"ok": True, "reasons": []})


@pytest.mark.timeout(120)
async def test_health_is_red_while_there_is_no_postgresql_and_green_again_after(
    postgres_binaries: Path, tmp_path: Path
) -> None:
    server = postgres.Server(tmp_path / "data", binaries=postgres_binaries)
    server.start()
    try:
        async with indexing(tmp_path, server.url) as program:
            server.stop()
            async with asyncio.timeout(PATIENCE_S):
                while (found := await answer(program, "/health"))[0] == 200:
                    await asyncio.sleep(0.1)
            assert "PostgreSQL" in found[1]["reasons"][0]
            server.start()
            async with asyncio.timeout(PATIENCE_S):
                while (await answer(program, "/health"))[0] != 200:
                    await asyncio.sleep(0.1)
            program.check()
            assert "Traceback" not in program.said()
    finally:
        server.stop()


@pytest.mark.timeout(120)
async def test_corruption_of_our_own_ends_it_loudly(database_url: str, tmp_path: Path) -> None:
    capture = write_capture(tmp_path / "world.cborseq.zst", generate(seed=3, commits=60))
    await execute(database_url, "ALTER TABLE posts RENAME TO lost_posts")
    async with (
        serve(capture, PORT) as relay,
        running(tmp_path, database_url, f"ws://127.0.0.1:{relay.port}", SHARDS="1") as program,
    ):
        async with asyncio.timeout(PATIENCE_S):
            while "UndefinedTableError" not in program.said():
                await asyncio.sleep(0.05)
        async with asyncio.timeout(PATIENCE_S):
            while not (reasons := (await program.status())["reasons"]):
                await asyncio.sleep(0.05)
        assert "UndefinedTableError" in reasons[0]


async def test_what_is_done_now_and_then_bears_that_a_statement_is_cancelled() -> None:
    """And says so until it is done."""
    tried = 0

    async def cancelled_once() -> None:
        nonlocal tried
        tried += 1
        if tried == 1:
            raise asyncpg.QueryCanceledError("canceling statement due to user request")

    loop = Loop(None, Writer(None, "relay.test", None), 1, False)  # type: ignore[arg-type]
    health = process.Health(loop)
    doing = asyncio.create_task(process._every(0.05, cancelled_once, health))
    await until(lambda: health.trouble is not None)
    await until(lambda: tried > 1 and health.trouble is None)
    doing.cancel()
