"""The run from its beginning to its verdict."""

import asyncio
import logging
import shutil
import signal
import tempfile
from pathlib import Path

import asyncpg
from rich.console import Console
from rich.markup import escape

from indexer import log
from indexer.postgres import NoPostgres
from load.chaos.place import Place
from load.chaos.service import IndexerFailed
from load.soak.plan import Plan
from load.soak.play import play
from load.soak.story import Story


def soak(plan: Plan) -> int:
    """The exit status: 1 when something is not accounted for, and all is left to be looked at."""
    console = Console()
    log.configure("ERROR", "soak")
    # A server's word when who asked has gone: here they are meant to.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    directory = Path(tempfile.mkdtemp(prefix="indexer-soak-"))
    console.print(f"seed {plan.seed}, in {directory}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        is_well = asyncio.run(_play(console, directory, plan))
    except (KeyboardInterrupt, asyncio.CancelledError):
        shutil.rmtree(directory, ignore_errors=True)
        console.print("Stopped; nothing is left behind.")
        return 130
    except (IndexerFailed, NoPostgres, OSError, asyncpg.PostgresError) as error:
        console.print(f"[bold red]It failed:[/] {escape(str(error))}")
        is_well = False
    if is_well:
        shutil.rmtree(directory, ignore_errors=True)
        return 0
    console.print(f"The database, the samples and what the indexer said are in {directory}")
    return 1


async def _play(console: Console, directory: Path, plan: Plan) -> bool:
    """Whether everything is accounted for."""
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    story = Story(plan.seed, plan.commits, plan.people)
    place = Place(directory / "data")
    try:
        return await play(console, directory, plan, story, await place.start())
    finally:
        await place.close()
