"""Bring a world's events to a database as badly as may be.

Each account's events keep their order; all else is drawn from the world's number: how accounts mix,
in how many rounds and by how many writers at once, which stretch comes again, in pieces of which
size, whether the writers are stopped in the middle, when deleted accounts are purged, what readers
stored beforehand, how the horizon moves on meanwhile, and whether everything comes once more past
the gate.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from indexer.protocol.event import Account, Event
from indexer.shard import accounts, pending, verdicts
from indexer.shard.loop import cut, deletes
from indexer.shard.refusal import Trial
from indexer.shard.writer import Writer
from tests.model.ahead import store_ahead
from tests.model.forgetting import Forgetting
from tests.model.model import Happened, OptOut

MOST_WRITERS = 4
PIECES = [1, 5, 20, 100]
OPT_OUT = """
    INSERT INTO user_settings (user_did, data_collection_forbidden) VALUES ($1, $2)
    ON CONFLICT (user_did) DO UPDATE SET data_collection_forbidden = $2
"""
FORGET_THE_GATE = """
    UPDATE repos SET rev = NULL, data = NULL, state = 'partial', active = true, status = NULL,
                     account_source = NULL, account_seq = NULL
"""
LEFT_LYING = "UPDATE judgements SET since = since - interval '1 hour'"


async def deliver(
    writer: Writer, events: Sequence[Happened], number: int, forgets: Forgetting | None = None
) -> None:
    random = Random(number)
    if forgets:
        writer = forgets.applied(writer)
        await forgets.protect(writer)
    delivery = Delivery(writer, random, may_come_back(events) or random.random() < 0.7, forgets)
    if random.random() < 0.3:
        await store_ahead(writer, events, random)
    await delivery.bring(shuffled(events, random))
    if random.random() < 0.3 and not any(isinstance(event, OptOut) for event in events):
        await writer.pool.execute(FORGET_THE_GATE)
        await delivery.bring(shuffled(events, random))
    if forgets:
        await forgets.finish(writer)


def may_come_back(events: Sequence[Happened]) -> bool:
    """Whether it matters when an account is purged, for it says something else after that."""
    deleted = {event.did for event in events if isinstance(event, Event) and deletes(event)}
    return any(
        isinstance(event, Account) and event.did in deleted and not deletes(event)
        for event in events
    )


def shuffled(events: Sequence[Happened], random: Random) -> list[Happened]:
    """Some accounts run far ahead of others."""
    waiting: dict[str, list[Happened]] = {}
    for event in reversed(events):
        waiting.setdefault(event.did, []).append(event)
    haste = {did: random.random() ** 2 for did in waiting}
    order: list[Happened] = []
    while waiting:
        did = random.choices(list(waiting), [haste[did] + 0.01 for did in waiting])[0]
        for _ in range(min(random.randint(1, 6), len(waiting[did]))):
            order.append(waiting[did].pop())
        if not waiting[did]:
            del waiting[did]
    return order


@dataclass(frozen=True, slots=True)
class Delivery:
    writer: Writer
    random: Random
    purge_at_once: bool = True
    forgets: Forgetting | None = None

    async def bring(self, events: Sequence[Happened]) -> None:
        for stretch in self.stretches(events):
            if self.random.random() < 0.2 and not any(isinstance(e, OptOut) for e in stretch):
                await self.stopped(stretch)
            await self.at_once(stretch)
        if not self.purge_at_once:
            await accounts.purge_due(self.writer, timedelta(0))

    def stretches(self, events: Sequence[Happened]) -> Iterator[list[Happened]]:
        """One after the other, each beginning somewhere in what has come already."""
        begin = 0
        while begin < len(events):
            end = begin + self.random.choice([3, 20, len(events)])
            again = events[max(0, begin - self.random.choice([0, 5, 20, begin])) : begin]
            yield [*(e for e in again if not isinstance(e, OptOut)), *events[begin:end]]
            begin = end

    async def at_once(self, stretch: Sequence[Happened]) -> None:
        writers = self.random.randint(1, MOST_WRITERS)
        parts: list[list[Happened]] = [[] for _ in range(writers)]
        whose = {event.did: self.random.randrange(writers) for event in stretch}
        for event in stretch:
            parts[whose[event.did]].append(event)
        async with asyncio.TaskGroup() as together:
            for part in parts:
                together.create_task(self.write(part, Random(self.random.random())))
            if self.forgets and self.random.random() < 0.5:
                together.create_task(self.forgets.move(self.writer, Random(self.random.random())))

    async def stopped(self, stretch: Sequence[Happened]) -> None:
        """At any statement, and what was left lying then is picked up."""
        task = asyncio.create_task(self.at_once(stretch))
        await asyncio.wait([task], timeout=self.random.random() ** 2 / 5)
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled():
            task.result()
        await self.writer.pool.execute(LEFT_LYING)
        await verdicts.sweep(self.writer.pool, self.writer.guard.check)
        await pending.sweep(self.writer.pool)

    async def write(self, events: Sequence[Happened], random: Random) -> None:
        trial, piece = Trial(self.writer), list[Event]()
        room = random.choice(PIECES)
        for event in events:
            if isinstance(event, OptOut):
                await self.flush(trial, piece)
                await self.writer.pool.execute(OPT_OUT, event.did, event.forbidden)
            else:
                piece.append(event)
            if len(piece) >= room:
                await self.flush(trial, piece)
                room = random.choice(PIECES)
        await self.flush(trial, piece)

    async def flush(self, trial: Trial, piece: list[Event]) -> None:
        for some in cut(piece):
            await trial.write(some)
            if self.purge_at_once and deletes(some[-1]):
                await accounts.purge(self.writer, some[-1].did)
        piece.clear()
