"""A database that forgets: the horizon moves on while a world comes to it, and walks follow it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from indexer.protocol.age import Horizon, horizon_at
from indexer.shard.retention.walk import begin, step
from indexer.shard.writer import Writer
from tests.model.age import Memory
from tests.model.repertoire import DIDS
from tests.ops import START


@dataclass(slots=True)
class Forgetting:
    """Up to what the model's memory is."""

    memory: Memory
    now: datetime = START - timedelta(days=1)

    def horizon(self) -> Horizon:
        return horizon_at(self.now)

    def applied(self, writer: Writer) -> Writer:
        return replace(writer, horizon=self.horizon)

    async def protect(self, writer: Writer) -> None:
        await writer.pool.executemany(
            "INSERT INTO protected_accounts VALUES ($1)", [(did,) for did in self.memory.protected]
        )

    async def move(self, writer: Writer, random: Random) -> None:
        """A part of the way, and perhaps a walk, not always to its end."""
        self.now += (self.memory.since - self.now) * random.random()
        await walk(writer, random.choice([0, 3, 100]))

    async def finish(self, writer: Writer) -> None:
        self.now = self.memory.since
        await walk(writer)  # one that was left
        await walk(writer)


async def walk(writer: Writer, steps: int = 1000) -> None:
    """So many steps of the walk that is under way, or of a new one."""
    horizon = writer.horizon()
    assert horizon is not None
    found = await begin(writer.pool, horizon, timedelta(0))
    while found and found.ended is None and steps:
        found = await step(writer, found)
        steps -= 1


def forgetting(number: int) -> Forgetting | None:
    """What the world of this number makes of it; half of them keep everything."""
    random = Random(f"{number} forgets")
    if random.random() < 0.5:
        return None
    protected = random.sample(DIDS, random.choice([0, 0, 1, 2]))
    since = START + timedelta(seconds=random.choice([5, 15, 25, 35, 60]))
    dids = [f"did:plc:{did.removeprefix('@') * 24}" for did in protected]
    return Forgetting(Memory(since, frozenset(dids)))
