"""The bare loop, with one connection and with more, and what it came to."""

import asyncio
import shutil
from collections import deque
from contextlib import AsyncExitStack
from pathlib import Path
from time import perf_counter
from typing import Any

import asyncpg
from rich.console import Console

from indexer import database
from load.bench import figures, processes
from load.bench.ceiling.take import NEW, Copy, Taken, take
from load.bench.cluster import NAME, Cluster
from load.bench.run import RUN, Run
from load.bench.stage import PAST, Stage

CEILING = "ceiling"


async def ceiling(
    console: Console, stage: Stage, run: Run, connections: tuple[int, ...], directory: Path
) -> dict[str, Any]:
    """What the run wrote, written bare; the run's database is gone afterwards."""
    place, cluster = directory / "taken", stage.cluster
    place.mkdir()
    tries = []
    try:
        with console.status("taking out what the run wrote"):
            taken = await _taken(stage, run, place)
        for count in connections:
            with console.status(f"writing it bare, over {count} connections"):
                tries.append(await _measure(cluster, taken, count, run.ops))
    finally:
        shutil.rmtree(place)
        await cluster.drop(CEILING)
    best = max(tries, key=lambda one: float(one["ops_per_s"]))
    told = {"rows": dict(taken.rows), "writes": taken.writes, "parts": len(taken.parts)}
    return {**best, **told, "tries": tries}


async def _taken(stage: Stage, run: Run, place: Path) -> Taken:
    cluster = stage.cluster
    past_url = await cluster.create(CEILING, PAST)
    async with AsyncExitStack() as stack:
        there, past = [await _open(stack, url) for url in (run.url, past_url)]
        taken = await take(there, past, run.first, run.ops, place)
    await cluster.drop(RUN)
    return taken


async def _measure(cluster: Cluster, taken: Taken, count: int, ops: int) -> dict[str, Any]:
    url = await cluster.create(CEILING, PAST)
    async with AsyncExitStack() as stack:
        watching, *writers = [await _open(stack, url) for _ in range(count + 1)]
        for writer in writers:
            await prepare(writer, taken)
        await watching.execute("CHECKPOINT")
        before, cpu_before = await figures.server(watching), await _cpu_s(watching)
        left = deque(taken.parts)
        began = perf_counter()
        await asyncio.gather(*(write(writer, left) for writer in writers))
        seconds = perf_counter() - began
        after, cpu_after = await figures.server(watching), await _cpu_s(watching)
    wal = after["wal_bytes"] - before["wal_bytes"]
    return {
        "connections": count,
        "seconds": seconds,
        "ops_per_s": ops / seconds,
        "rows_per_s": taken.writes / seconds,
        "postgres_us_per_op": (cpu_after - cpu_before) / ops * 1e6,
        "wal_bytes_per_op": wal / ops,
    }


async def write(writer: asyncpg.Connection, left: deque[list[Copy]]) -> None:
    while left:
        part = left.popleft()
        async with writer.transaction():
            for copy in part:
                await _copy(writer, copy)


async def _copy(writer: asyncpg.Connection, copy: Copy) -> None:
    table = copy.table
    name = table.name if copy.fate == NEW else table.changed
    await writer.copy_to_table(name, source=copy.file, columns=table.columns, format="binary")
    if copy.fate != NEW:
        await writer.execute(table.merge())


async def prepare(writer: asyncpg.Connection, taken: Taken) -> None:
    await writer.execute("SET session_replication_role = replica")  # no triggers
    changed = {
        copy.table.name: copy.table for part in taken.parts for copy in part if copy.fate != NEW
    }
    for table in changed.values():
        await writer.execute(table.waiting_room())


async def _cpu_s(connection: asyncpg.Connection) -> float:
    """Of the whole server, ended backends included; 0 where its processes are not here."""
    master = processes.postmaster(connection.get_server_pid())
    whole = processes.usage(master) if master else None
    if master is None or whole is None:
        return 0.0
    used = [whole, *processes.children(master).values()]
    return sum(one.cpu_s for one in used) + whole.reaped_s


async def _open(stack: AsyncExitStack, url: str) -> asyncpg.Connection:
    connection = await database.connect(url, NAME, synchronous_commit="off")
    stack.push_async_callback(connection.close)
    return connection
