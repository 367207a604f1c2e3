"""The stream once through the indexer, into a fresh copy of the database with the past."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import asyncpg
from rich.console import Console
from rich.progress import Progress, TaskID

from indexer import database
from load.bench import figures
from load.bench.account import Counted, account
from load.bench.cluster import NAME
from load.bench.indexer import indexing
from load.bench.plan import Plan
from load.bench.stage import PAST, Stage, warm
from load.bench.watch import Watch
from load.pace import Pace
from load.progress import progress
from load.replay import serve

RUN = "run"
TICK_S = 0.1
TICKS_A_LOOK = 5
SHORT = 50_000  # events: a stream that is soon over is looked at in every tick
STUCK_AFTER_S = 120.0


@dataclass(frozen=True, slots=True)
class Run:
    figures: dict[str, Any]
    url: str  # of its database, which is still there
    ops: int  # that it wrote, all in all
    first: int  # transaction: whatever is older has been there before


async def play(console: Console, plan: Plan, stage: Stage, shards: int, directory: Path) -> Run:
    """Raises IndexerFailed with the indexer's last words."""
    cluster = stage.cluster
    url = await cluster.create(RUN, PAST)
    if not await warm(url):
        console.print("there is no pg_prewarm: the first minutes read every page from the disk")
    counting = await figures.reset_statements(cluster.url)
    async with AsyncExitStack() as stack:
        connection = await stack.enter_async_context(_connected(url))
        first = int(await connection.fetchval("SELECT pg_current_xact_id()::text::bigint"))
        before = await figures.server(connection)
        relay = await stack.enter_async_context(_relay(plan, stage.stream.path))
        environment = _environment(plan, url, relay, shards)
        indexer = await stack.enter_async_context(indexing(directory, environment))
        watch = Watch(indexer, connection)
        with progress(console) as bar:
            said = f"SHARDS={shards}" + (f" at {plan.rate:,.0f} a second" if plan.rate else "")
            task = bar.add_task("measuring", total=stage.stream.events, said=said)
            await _follow(plan, stage, watch, bar, task)
        await indexer.stop()
        after = await figures.server(connection)
        said_by = await figures.statements(cluster.url, url_name(url)) if counting else []
        counted = Counted(before, after, await figures.tables(connection), said_by)
    found = account(watch, shards, plan.rate, counted)
    return Run(found, url, found["total"]["ops"], first)


def url_name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


async def _follow(plan: Plan, stage: Stage, watch: Watch, bar: Progress, task: TaskID) -> None:
    """Until all is committed, or the time since the first commit is up. A file's end also ends the
    indexer."""
    until = None
    ticks_a_look = 1 if stage.stream.events < SHORT else TICKS_A_LOOK
    moved, done, tick = monotonic(), 0, 0
    while not watch.indexer.ended:
        if tick % ticks_a_look == 0 and (look := await watch.look()):
            if look.events and until is None and plan.minutes:
                until = monotonic() + plan.minutes * 60
            if look.events > done:
                moved, done = monotonic(), look.events
            bar.update(task, completed=done)
            if plan.rate and look.cursor >= stage.stream.last:
                return
        if monotonic() - moved > STUCK_AFTER_S:
            raise watch.indexer.failed(f"nothing was committed in {STUCK_AFTER_S:.0f} s")
        if until is not None and monotonic() > until:
            return
        await watch.look_at_waits()
        await asyncio.sleep(TICK_S)
        tick += 1
    bar.update(task, completed=stage.stream.events)


@asynccontextmanager
async def _relay(plan: Plan, capture: Path) -> AsyncIterator[str]:
    """A file, which is read as fast as it goes, or a server that sends at the plan's rate."""
    if plan.rate is None:
        yield f"file:{capture}"
        return
    async with serve(capture, pace=Pace(rate=plan.rate)) as relay:
        yield relay.url


def _environment(plan: Plan, url: str, relay: str, shards: int) -> dict[str, str]:
    told = {"DATABASE_URL": url, "RELAY_URL": relay, "SHARDS": str(shards)}
    if plan.settings is not None:
        told["INDEXER_CONFIG"] = str(plan.settings.absolute())
    return told


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await database.connect(url, NAME)
    try:
        yield connection
    finally:
        await connection.close()
