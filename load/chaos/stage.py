"""The run from its beginning to its verdict."""

import asyncio
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random

from rich.console import Console

from indexer import log
from load.attempt import attempt, cancel_on_sigterm
from load.chaos.gusts import Gusts
from load.chaos.place import Place
from load.chaos.run import Run
from load.chaos.show import War, show
from load.chaos.stream import Stream, make, survey
from load.chaos.verdict import compare
from load.replay import serve


@dataclass(frozen=True, slots=True)
class Plan:
    capture: Path | None  # None: a world made on the spot
    commits: int
    kills: int
    every_s: float
    seed: int


def chaos(plan: Plan) -> int:
    """The exit status: 1 when the two differ, and everything is left to be looked at."""
    console = Console()
    log.configure("ERROR", "chaos")
    directory = Path(tempfile.mkdtemp(prefix="indexer-chaos-"))
    console.print(f"seed {plan.seed}, in {directory}")

    def work() -> bool:
        stream = _stream(console, directory, plan)
        return asyncio.run(_play(console, directory, plan, stream))

    kept = "Both databases, the stream and what the indexers said are"
    return attempt(console, directory, work, kept)


def _stream(console: Console, directory: Path, plan: Plan) -> Stream:
    if plan.capture is not None:
        return survey(plan.capture)
    return make(console, directory / "stream.cborseq.zst", plan.commits, plan.seed)


async def _play(console: Console, directory: Path, plan: Plan, stream: Stream) -> bool:
    """Whether both say the same."""
    cancel_on_sigterm()
    gusts = Gusts()
    # One relay for both: where the rows come from is a part of them.
    async with AsyncExitStack() as stack:
        relay = await stack.enter_async_context(serve(stream.path, pace=gusts))
        peace, war = (Place(directory / name / "data") for name in ("peace", "war"))
        for place in (peace, war):
            stack.push_async_callback(place.close)
        began = time.monotonic()
        await Run(console, stream, relay, peace).in_peace()
        armed = time.monotonic()
        killer, starts = await Run(console, stream, relay, war).under_fire(
            Random(plan.seed), gusts, plan.kills, plan.every_s
        )
        ended = time.monotonic()
        console.print("comparing")
        verdict = await compare(await peace.start(), await war.start())
    report = War(plan.seed, killer.tally, starts, armed - began, ended - armed)
    show(console, stream, report, verdict)
    return verdict.equal
