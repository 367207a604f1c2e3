"""The run from its beginning to its verdict."""

import asyncio
import logging
import tempfile
from pathlib import Path

from rich.console import Console

from indexer import log
from load.attempt import attempt, cancel_on_sigterm
from load.chaos.place import Place
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
    kept = "The database, the samples and what the indexer said are"
    return attempt(console, directory, lambda: asyncio.run(_play(console, directory, plan)), kept)


async def _play(console: Console, directory: Path, plan: Plan) -> bool:
    """Whether everything is accounted for."""
    cancel_on_sigterm()
    story = Story(plan.seed, plan.commits, plan.people)
    place = Place(directory / "data")
    try:
        return await play(console, directory, plan, story, await place.start())
    finally:
        await place.close()
