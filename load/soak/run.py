"""The storm, the calm after it, and everything asked for once more."""

import asyncio
import time

import asyncpg

from load.chaos.service import IndexerFailed, Life
from load.network import Running
from load.soak import ledger
from load.soak.alongside import alongside
from load.soak.found import Verdict
from load.soak.story import Story
from load.soak.verdict import judge
from load.soak.weather import Weather
from load.soak.work import Work

DRY_WITHIN_S, LOOK_EVERY_S = 420.0, 0.2


class Run:
    """`connection` is for what is asked here; samples and work have one each of their own."""

    def __init__(
        self, there: Running, story: Story, life: Life, connection: asyncpg.Connection
    ) -> None:
        self.verdicts: dict[str, Verdict] = {}
        self._there, self._story, self._life = there, story, life
        self._connection = connection

    async def play(self, weather: Weather, work: Work, for_s: float) -> None:
        async with alongside(weather.run()) as blowing, alongside(work.run(for_s)) as working:
            while not working.done() and not blowing.done():
                self._check()
                await asyncio.sleep(LOOK_EVERY_S)
        dry = await self._run_dry()
        await ledger.expire(self._connection)
        await self._judge("after the storm", weather, dry)
        await self._ask_again(self.verdicts["after the storm"])
        dry = await self._run_dry()
        last = await self._judge("asked again", weather, dry)
        last.wrong += [f"not here though it was asked for again: {uri}" for uri in last.missing]
        last.wrong += [f"rows are not what the repo holds: {did}" for did in last.unlike]

    async def _ask_again(self, storm: Verdict) -> None:
        """First who everybody is, for lies about that are believed for long."""
        accounts = self._story.network.accounts
        dids = [did for did in accounts if did.startswith("did:plc:")]
        await ledger.ask(self._connection, dict.fromkeys(dids, "user"))
        await self._run_dry()
        if storm.missing:
            await ledger.ask(self._connection, storm.missing)
            await self._run_dry()
        await ledger.fetch(self._connection, [did for did in dids if len(accounts[did].repo)])

    async def _run_dry(self) -> list[str]:
        """What still waits when there was time enough."""
        deadline = time.monotonic() + DRY_WITHIN_S
        quiet = 0
        while quiet < 3:  # what is on its way to a shard is nowhere to be seen
            self._check()
            sizes = await ledger.sizes(self._connection)
            left = [f"{sizes[n]} {n}" for n in ("pending", "resyncs", "held_commits") if sizes[n]]
            quiet = 0 if left or not await self._is_heard() else quiet + 1
            if time.monotonic() > deadline:
                return left or ["the firehose"]
            await asyncio.sleep(LOOK_EVERY_S)
        return []

    async def _is_heard(self) -> bool:
        status = await self._life.status()
        return status is not None and (status["cursor"] or 0) >= self._there.firehose.last

    async def _judge(self, when: str, weather: Weather, dry: list[str]) -> Verdict:
        asked = {
            subject.partition("/")[0]
            for host in self._there.hosts.values()
            for _, subject in host.asked_for
        }
        found = await judge(self._connection, self._story.network, weather.wronged, asked)
        found.wrong += [f"still waiting: {left}" for left in dry]
        held = await self._connection.fetch("SELECT did FROM repos WHERE state = 'fetching'")
        found.wrong += [f"still being fetched: {did}" for (did,) in held]
        self.verdicts[when] = found
        return found

    def _check(self) -> None:
        if not self._life.alive:
            raise IndexerFailed(f"it ended. It said:\n{self._life.said()[-4000:]}")


async def begun(life: Life) -> None:
    """Raises IndexerFailed when it does not begin."""
    while await life.status() is None:
        if not life.alive:
            raise IndexerFailed(f"it does not begin. It said:\n{life.said()[-4000:]}")
        await asyncio.sleep(0.1)
