"""The demo from its curtain to its end, and the order in which everything is cleared away."""

import asyncio
import os
import signal
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
from rich.console import Console
from rich.markup import escape

from indexer import database, log
from indexer.postgres import NoPostgres
from load.capture import CaptureWriter
from load.demo import database as place
from load.demo.process import Indexer, IndexerFailed, running
from load.demo.show import QUERIES, show_counts, show_query
from load.generate import generate
from load.progress import progress
from load.replay import Relay, serve

_RATE = 0.05  # Happenings a second of the world's own time: a day and a half in all.
_LOOK_EVERY_S = 0.1
_STUCK_AFTER_S = 60.0


def demo(commits: int, seed: int) -> int:
    """The exit status. Ctrl-C and SIGTERM clear everything away, too."""
    console = Console()
    log.configure("WARNING", "demo")
    try:
        asyncio.run(_demo(console, commits, seed))
    except (KeyboardInterrupt, asyncio.CancelledError):
        console.print("Stopped; nothing is left behind.")
        return 130
    except (IndexerFailed, NoPostgres, database.DatabaseRefused, asyncpg.PostgresError) as error:
        console.print(f"[bold red]The demo failed:[/] {escape(str(error))}")
        return 1
    return 0


async def _demo(console: Console, commits: int, seed: int) -> None:
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="indexer-demo-")))
        capture = directory / "world.cborseq.zst"
        frames = _generate(console, capture, commits, seed)
        given = os.environ.get("DATABASE_URL")
        console.print(
            "Database: a scratch one on the server of DATABASE_URL, dropped in the end"
            if given
            else "Database: an embedded PostgreSQL, gone in the end"
        )
        url = await stack.enter_async_context(
            place.scratch(given) if given else place.embedded(directory / "data")
        )
        connection = await database.connect(url, "demo")
        stack.push_async_callback(connection.close)
        relay = await stack.enter_async_context(serve(capture))
        indexer = await stack.enter_async_context(running(directory, url, relay.url))
        seconds = await _follow(console, relay, indexer, connection, frames)
        await indexer.stop()
        await _look(console, connection)
        console.print(f"\n{frames:,} frames in {seconds:.1f} s: {frames / seconds:,.0f} a second")


def _generate(console: Console, path: Path, commits: int, seed: int) -> int:
    """How many frames there are; the last one's number, for they are numbered from 1."""
    with progress(console) as bar, CaptureWriter(path) as writer:
        task = bar.add_task("making a world", total=None, said=f"seed {seed}")
        for received_at_us, frame in generate(seed, commits, rate=_RATE):
            writer.write(received_at_us, frame)
            if writer.frames % 256 == 0:
                bar.update(task, completed=writer.frames)
        bar.update(task, completed=writer.frames, total=writer.frames)
    return writer.frames


async def _follow(
    console: Console, relay: Relay, indexer: Indexer, connection: asyncpg.Connection, frames: int
) -> float:
    """Until all is committed; how many seconds that took from the first frame on."""
    started = moved = time.monotonic()
    last = 0
    with progress(console) as bar:
        task = bar.add_task("starting the indexer", total=frames, said="")
        while (done := await place.committed(connection)) < frames:
            indexer.check()
            now = time.monotonic()
            if not relay.sent:
                started = now
            else:
                bar.update(task, description="indexing", completed=done)
            if done > last:
                last, moved = done, now
            if now - moved > _STUCK_AFTER_S:
                raise indexer.failed(f"nothing was committed for {_STUCK_AFTER_S:.0f} s")
            await asyncio.sleep(_LOOK_EVERY_S)
        bar.update(task, completed=frames)
    return time.monotonic() - started


async def _look(console: Console, connection: asyncpg.Connection) -> None:
    console.print()
    show_counts(console, await place.row_counts(connection))
    for query in QUERIES:
        console.print()
        await show_query(console, connection, query)
