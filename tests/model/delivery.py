"""Bring a world's events to a database as badly as may be.

Each account's events keep their order; all else is drawn from the world's number: how accounts mix,
in how many rounds and by how many writers at once, which stretch comes again, in pieces of which
size, what readers stored beforehand, and whether everything comes once more past the gate.
"""

import asyncio
from collections.abc import Iterator, Sequence
from random import Random

from indexer.protocol.event import Event
from indexer.shard import accounts
from indexer.shard.loop import cut, deletes
from indexer.shard.refusal import Trial
from indexer.shard.writer import Writer
from tests.model.model import OptOut

Happened = Event | OptOut
MOST_WRITERS = 4
OPT_OUT = """
    INSERT INTO user_settings (user_did, data_collection_forbidden) VALUES ($1, $2)
    ON CONFLICT (user_did) DO UPDATE SET data_collection_forbidden = $2
"""
FORGET_THE_GATE = """
    UPDATE repos SET rev = NULL, data = NULL, state = 'partial', active = true, status = NULL,
                     account_source = NULL, account_seq = NULL
"""


async def deliver(writer: Writer, events: Sequence[Happened], seed: int) -> None:
    random = Random(seed)
    await bring(writer, shuffled(events, random), random)
    if random.random() < 0.3 and not any(isinstance(event, OptOut) for event in events):
        await writer.pool.execute(FORGET_THE_GATE)
        await bring(writer, shuffled(events, random), random)


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


async def bring(writer: Writer, events: Sequence[Happened], random: Random) -> None:
    for stretch in stretches(events, random):
        writers = random.randint(1, MOST_WRITERS)
        parts: list[list[Happened]] = [[] for _ in range(writers)]
        whose = {event.did: random.randrange(writers) for event in stretch}
        for event in stretch:
            parts[whose[event.did]].append(event)
        each = (write(writer, part, Random(random.random())) for part in parts)
        await asyncio.gather(*each)


def stretches(events: Sequence[Happened], random: Random) -> Iterator[list[Happened]]:
    """One after the other, each beginning somewhere in what has come already."""
    begin = 0
    while begin < len(events):
        end = begin + random.choice([3, 20, len(events)])
        again = events[max(0, begin - random.choice([0, 5, 20, begin])) : begin]
        yield [*(e for e in again if not isinstance(e, OptOut)), *events[begin:end]]
        begin = end


async def write(writer: Writer, events: Sequence[Happened], random: Random) -> None:
    """In pieces of any size, as a shard does that has to purge at once."""
    trial, piece = Trial(writer), list[Event]()
    room = random.choice([1, 5, 20, 100])
    for event in events:
        if isinstance(event, OptOut):
            await flush(trial, piece)
            await writer.pool.execute(OPT_OUT, event.did, event.forbidden)
        else:
            piece.append(event)
        if len(piece) >= room:
            await flush(trial, piece)
            room = random.choice([1, 5, 20, 100])
    await flush(trial, piece)


async def flush(trial: Trial, piece: list[Event]) -> None:
    for some in cut(piece):
        await trial.write(some)
        if deletes(some[-1]):
            await accounts.purge(trial.writer, some[-1].did)
    piece.clear()
