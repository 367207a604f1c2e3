"""Rows for everybody who is named: once, few at a time, and nobody in another's way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from zlib import crc32

import pytest
from prometheus_client import REGISTRY

from indexer.database import BY_KEY, open_pool
from indexer.protocol.event import Commit
from indexer.shard.writer import Writer
from tests.ops import Stream
from tests.polling import blocked
from tests.records.samples import ALICE, BOB, CAROL
from tests.shard.conftest import write

CROWD, FOLLOWS, SHARDS = 2000, 3, 4
FOLLOW = "app.bsky.graph.follow"
CREATING = (
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database ="
    " (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def did(n: int) -> str:
    return f"did:plc:{n:024}"


def crowd() -> list[list[Commit]]:
    """Each follows others, whom nobody knows yet; each shard has its own accounts, in any order."""
    stream = Stream()
    shards: list[list[Commit]] = [[] for _ in range(SHARDS)]
    for n in range(CROWD):
        follows = (
            ("create", f"{FOLLOW}/{m}", {"subject": did((n * 7 + m * 131 + 1) % CROWD)})
            for m in range(FOLLOWS)
        )
        shards[crc32(did(n).encode()) % SHARDS].append(stream.commit(did(n), *follows))
    return [sorted(shard, key=lambda commit: crc32(str(commit.seq).encode())) for shard in shards]


@pytest.fixture
async def writers(database_url: str, writer: Writer) -> AsyncIterator[list[Writer]]:
    """A connection each, as shards have."""
    async with AsyncExitStack() as stack:
        pools = [
            await stack.enter_async_context(
                await open_pool(database_url, "test", 2, settings=BY_KEY)
            )
            for _ in range(SHARDS)
        ]
        yield [replace(writer, pool=pool) for pool in pools]


def slotted(writer: Writer, slot: int | None) -> Writer:
    return replace(writer, creation_slot=slot)


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"indexer_{name}_total", labels) or 0.0


@pytest.mark.parametrize("creations", [1, 2, 10])
async def test_thousands_who_follow_each_other_over_all_shards_all_arrive(
    creations: int, writer: Writer, writers: list[Writer]
) -> None:
    made, crossed = counted("users_created"), counted("retries", cause="crossed")
    slots = [n % creations if creations < SHARDS else None for n in range(SHARDS)]
    done = asyncio.Event()
    watching = asyncio.create_task(most_at_once(writer, done))
    async with asyncio.TaskGroup() as group:
        for shard, slot, commits in zip(writers, slots, crowd(), strict=True):
            group.create_task(write(slotted(shard, slot), *commits, at_once=100))
    done.set()
    assert await watching in range(1 if creations < SHARDS else 0, creations + 1)
    assert await writer.pool.fetchval("SELECT count(*) FROM users") == CROWD
    assert await writer.pool.fetchval("SELECT count(*) FROM follows") == CROWD * FOLLOWS
    assert await writer.pool.fetchval("SELECT count(*) FROM pending") == CROWD
    drift = await writer.pool.fetch(
        "SELECT did FROM user_aggregations a WHERE (followers_count, follows_count) <>"
        " ((SELECT count(*) FROM follows WHERE following_did = a.did),"
        " (SELECT count(*) FROM follows WHERE follower_did = a.did))"
    )
    assert drift == []
    assert counted("users_created") == made + CROWD
    assert counted("retries", cause="crossed") == crossed


async def most_at_once(writer: Writer, done: asyncio.Event) -> int:
    """How many held a slot at one moment, at most."""
    most = 0
    async with writer.pool.acquire() as connection:
        while not done.is_set():
            most = max(most, await connection.fetchval(CREATING))
            with suppress(TimeoutError):
                await asyncio.wait_for(done.wait(), 0.005)
    return most


async def test_who_has_nobody_to_create_waits_for_no_slot(writer: Writer) -> None:
    stream, limited = Stream(), slotted(writer, 0)
    await write(limited, stream.create(ALICE, FOLLOW, {"subject": BOB}, "1"))
    async with limited.transaction([CAROL]) as known:
        await known.write(known.admits([stream.create(CAROL, FOLLOW, {"subject": ALICE}, "1")]))
        assert await known.connection.fetchval(CREATING) == 1
        await write(limited, stream.create(BOB, FOLLOW, {"subject": BOB}, "1"))
    assert await writer.pool.fetchval("SELECT count(*) FROM follows") == 3


async def test_a_slot_is_held_until_what_it_made_is_seen(writer: Writer) -> None:
    stream, limited = Stream(), slotted(writer, 0)
    async with limited.transaction([ALICE]) as known:
        await known.write(known.admits([stream.create(ALICE, FOLLOW, {"subject": CAROL}, "1")]))
        later = asyncio.create_task(
            write(limited, stream.create(BOB, FOLLOW, {"subject": CAROL}, "1"))
        )
        await blocked(known.connection, later)
    await later
    assert await writer.pool.fetchval("SELECT count(*) FROM users") == 3
