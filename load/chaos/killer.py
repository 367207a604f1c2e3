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
from load.chaos.watch import Watch
from load.replay import Relay

OVERCOME_S = 30.0  # How long it waits at most for something new to be committed,
FLOWING_S = 5.0  # and then for frames to flow.
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
    Blow("a shard and a PostgreSQL process, kill -9", 3, KILL, lambda there: there.pair, all=True),
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
    _struck_at: int = 0  # the cursor at the last blow

    async def strike(self, watch: Watch) -> None:
        """One blow, after a while. Mostly in the middle of something, and when the one before it
        has been overcome: or else there would be no end."""
        await asyncio.sleep(self.random.uniform(0.0, 2 * self.every_s))
        if self.random.random() > WHATEVER:
            before = self._struck_at
            await _within(OVERCOME_S, lambda: watch.cursor > before or watch.at_end, 0.05)
            sent = self.relay.sent
            await _within(FLOWING_S, lambda: self.relay.sent > sent, 0.002)
            await asyncio.sleep(self.random.uniform(0.0, IN_THE_MIDDLE_S))
        self._struck_at = watch.cursor
        while True:
            blow = self.random.choices(BLOWS, [blow.weight for blow in BLOWS])[0]
            with suppress(TimeoutError):
                async with asyncio.timeout(PRESENT_S):
                    return await until(partial(self._hit, blow), 0.05)

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


async def _within(seconds: float, happened: Callable[[], bool], look_every_s: float) -> None:
    async def has() -> bool:
        return happened()

    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await until(has, look_every_s)
