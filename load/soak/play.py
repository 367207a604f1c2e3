"""The indexer in its network, with all that goes on around it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from random import Random

import asyncpg
from rich.console import Console
from rich.status import Status

from indexer import database
from load.network import running
from load.soak import ledger
from load.soak.alongside import alongside
from load.soak.plan import Plan
from load.soak.process import indexing
from load.soak.run import Run, begun
from load.soak.samples import Sample, Samples
from load.soak.show import line, summary
from load.soak.story import Story
from load.soak.weather import Weather
from load.soak.work import Work


async def play(console: Console, directory: Path, plan: Plan, story: Story, url: str) -> bool:
    """Whether everything is accounted for. `url` names an empty database."""
    for_s = plan.minutes * 60
    async with AsyncExitStack() as stack:
        within = stack.enter_async_context
        there = await within(running(story.network, plan.pds, story.heard, plan.seed))
        life = await within(indexing(directory, url, there))
        mine, theirs, its = [await within(_connected(url)) for _ in range(3)]
        await begun(life)
        await ledger.attach(mine)
        weather = Weather(there, Random(plan.seed), for_s)
        samples = Samples(life, theirs, there, weather)
        run = Run(there, story, life, mine)
        with console.status("beginning") as status:
            show, file = partial(_say, console, status), plan.samples or directory / "samples.jsonl"
            async with alongside(samples.run(file, plan.sample_s, show)):
                await run.play(weather, Work(its, there, story, plan.seed), for_s)
        await samples.take()
    summary(console, samples, weather, run.verdicts)
    return not any(verdict.wrong for verdict in run.verdicts.values())


def _say(console: Console, status: Status, sample: Sample) -> None:
    if console.is_terminal:
        status.update(line(sample))
    else:
        console.print(line(sample), soft_wrap=True)


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await database.connect(url, "soak")
    try:
        yield connection
    finally:
        await connection.close()
