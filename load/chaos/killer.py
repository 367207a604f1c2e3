"""Who is hit, when and how hard: all by one seed, as far as the machine's own chance allows."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import NamedTuple

from load.chaos.poll import until
from load.chaos.service import Service
from load.chaos.targets import Targets, find
from load.replay import Relay

FLOWING_S = 5.0  # How long it waits at most for frames to flow.
PRESENT_S = 2.0  # How long at most for those to be there whom it has chosen.
IN_THE_MIDDLE_S = 0.08  # From a gust to the blow, at most: about as long as it takes to write it.
WHATEVER = 0.25  # How often it does not wait, and hits those who are just beginning, or idle.


class Blow(NamedTuple):
    name: str
    weight: int
    number: signal.Signals
    among: Callable[[Targets], tuple[int, ...]]
    all: bool = False  # at once; otherwise one of them


KILL, TERM, INT = signal.SIGKILL, signal.SIGTERM, signal.SIGINT
BLOWS = (
    Blow("a shard, kill -9", 6, KILL, lambda there: there.shards),
    Blow("a shard, SIGTERM", 1, TERM, lambda there: there.shards),
    Blow("all shards, kill -9", 1, KILL, lambda there: there.shards, all=True),
    Blow("the coordinator, kill -9", 1, KILL, lambda there: there.coordinator),
    Blow("the parent, kill -9", 4, KILL, lambda there: there.parent),
    Blow("the parent, SIGTERM", 2, TERM, lambda there: there.parent),
    Blow("a PostgreSQL process, kill -9", 3, KILL, lambda there: there.backends),
    Blow("a session, ended", 2, TERM, lambda there: there.sessions),
    Blow("a session, its statement cancelled", 2, INT, lambda there: there.sessions),
    Blow("the postmaster, kill -9", 3, KILL, lambda there: there.postmaster),
    Blow("everything at once, kill -9", 2, KILL, lambda there: there.everybody, all=True),
)


@dataclass
class Killer:
    service: Service
    relay: Relay
    data_dir: Path
    random: Random
    every_s: float
    tally: Counter[str] = field(default_factory=Counter)

    async def strike(self) -> None:
        """One blow, after a while, in the middle of something for preference."""
        await asyncio.sleep(self.random.uniform(0.0, 2 * self.every_s))
        if self.random.random() > WHATEVER:
            await self._flowing()
            await asyncio.sleep(self.random.uniform(0.0, IN_THE_MIDDLE_S))
        while True:
            blow = self.random.choices(BLOWS, [blow.weight for blow in BLOWS])[0]
            with suppress(TimeoutError):
                async with asyncio.timeout(PRESENT_S):
                    return await until(partial(self._hit, blow), 0.05)

    async def _flowing(self) -> None:
        before = self.relay.sent

        async def flows() -> bool:
            return self.relay.sent > before

        with suppress(TimeoutError):
            async with asyncio.timeout(FLOWING_S):
                await until(flows, 0.002)

    async def _hit(self, blow: Blow) -> bool:
        """False when there is nobody to be hit so."""
        life = self.service.life
        if life is None:
            return False
        parent = life.process.pid if life.alive else None
        status = await life.status()
        found = blow.among(find(parent, status, self.data_dir))
        if not found:
            return False
        hit = found if blow.all else (self.random.choice(found),)
        life.hit |= parent in hit
        for pid in hit:
            with suppress(ProcessLookupError):
                os.kill(pid, blow.number)
        self.tally[blow.name] += 1
        return True
