"""Shards that write at the same time and cross one another: the same rows as from one alone."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from zlib import crc32

from indexer.database import BY_KEY, open_pool
from indexer.protocol.event import Event
from indexer.shard import accounts
from indexer.shard.loop import cut, deletes
from indexer.shard.refusal import Trial
from indexer.shard.writer import Writer
from tests.ops import Stream
from tests.records.samples import ALICE, BOB, CAROL, facet
from tests.shard.test_effects import DAVE, FEED_POST, post, reply, uri
from tests.snapshot import Snapshot, difference, snapshot

SHARDS = 4
HOLD = "SELECT FROM post_aggregations WHERE post_uri = $1 FOR UPDATE"


async def test_crossing_shards_write_what_one_alone_writes(
    events: list[Event], writer: Writer, other_url: str
) -> None:
    async with await open_pool(other_url, "test", 1, settings=BY_KEY) as pool:
        alone = replace(writer, pool=pool)
        await write(alone, events, Random(0))
        expected = await look(alone)
    for seed in range(3):
        await at_once(writer, events, seed)
        assert difference(expected, await look(writer)) == []
        await writer.pool.execute("UPDATE repos SET rev = NULL, data = NULL")  # past the gate


async def at_once(writer: Writer, events: Sequence[Event], seed: int) -> None:
    parts: list[list[Event]] = [[] for _ in range(SHARDS)]
    for event in events:
        parts[crc32(event.did.encode()) % SHARDS].append(event)
    shards = (write(writer, part, Random(f"{seed} {n}")) for n, part in enumerate(parts))
    await asyncio.gather(*shards)


async def write(writer: Writer, events: Sequence[Event], random: Random) -> None:
    """In pieces of any size, as a shard does that has to purge at once."""
    trial, begin = Trial(writer), 0
    while begin < len(events):
        end = begin + random.choice([1, 5, 20, 100])
        for some in cut(events[begin:end]):
            await trial.write(some)
            if deletes(some[-1]):
                await accounts.purge(writer, some[-1].did)
        begin = end


async def look(writer: Writer) -> Snapshot:
    async with writer.pool.acquire() as connection:
        return await snapshot(connection)


async def test_a_reply_that_goes_meets_whoever_was_put_above_it_meanwhile(writer: Writer) -> None:
    """While a reply's deletion waits at a counter, its parent is moved below another post; and the
    edit of that one tells about what it sees below, before the deletion is committed."""
    stream, root = Stream(), uri(ALICE, "root")
    await write_all(
        writer,
        post(stream, BOB, "1"),
        post(stream, CAROL, "2"),
        post(stream, DAVE, "3", facets=[facet(BOB)], **reply(uri(CAROL, "2"), root)),
    )
    deletion = stream.delete(DAVE, FEED_POST, "3")
    moved = {"text": "", **reply(uri(BOB, "1"), uri(BOB, "1"))}
    move = stream.update(CAROL, FEED_POST, moved, "2")
    edit = stream.update(BOB, FEED_POST, {"text": "edited"}, "1")
    written, finish = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        async with writer.pool.acquire() as connection, connection.transaction():
            await connection.execute(HOLD, root)
            deleting = group.create_task(write_slowly(writer, deletion, written, finish))
            await waiting_writers(writer, 1)
            await write_all(writer, move)
        await asyncio.wait_for(written.wait(), 20)
        editing = group.create_task(write_all(writer, edit))
        await waiting_writers(writer, 1)
        finish.set()
        await asyncio.gather(deleting, editing)
    of_reply = "SELECT uri FROM notifications WHERE author_did = $1"
    assert await writer.pool.fetch(of_reply, DAVE) == []


async def write_slowly(
    writer: Writer, event: Event, written: asyncio.Event, finish: asyncio.Event
) -> None:
    async with writer.transaction([event.did]) as known:
        await known.write(known.admits([event]))
        written.set()
        await finish.wait()


async def write_all(writer: Writer, *events: Event) -> None:
    await Trial(writer).write(events)


async def waiting_writers(writer: Writer, number: int) -> None:
    """Until so many wait for a lock of another."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    async with asyncio.timeout(20):
        while await writer.pool.fetchval(waiting) != number:
            await asyncio.sleep(0.01)
