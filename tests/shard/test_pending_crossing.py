"""Two shards cross at one subject: none takes out what the other waits for, nor loses an effect."""

import asyncio

import pytest

from indexer.protocol.event import Commit
from indexer.protocol.syntax import AtUri
from indexer.shard.pending import sweep
from indexer.shard.writer import Writer
from tests.ops import Stream
from tests.polling import blocked
from tests.records.samples import ALICE, BOB, CAROL, POST
from tests.shard.conftest import write
from tests.shard.test_pending import (
    EMPTY,
    FEED_POST,
    LIKE,
    WAYS,
    arrival,
    awaited,
    create,
    delete,
    like,
    other_way,
)

CROSSED = ("a like", "a quote", "a block of a list", "a profile, for its pack")


async def cross(writer: Writer, first: Commit, second: Commit) -> None:
    """The first has written everything and not committed when the second comes; it has to wait."""
    async with writer.transaction([first.did]) as known:
        await known.write(known.admits([first]))
        later = asyncio.create_task(write(writer, second))
        await blocked(known.connection, later)
    await later


@pytest.mark.parametrize("name", CROSSED)
@pytest.mark.parametrize("leaves_first", [True, False])
async def test_who_begins_to_wait_is_not_passed_by_who_leaves(
    name: str, leaves_first: bool, writer: Writer
) -> None:
    stream, way = Stream(), WAYS[name]
    await write(writer, create(stream, way))
    goes, comes = delete(stream, way), create(stream, other_way(way), CAROL)
    await cross(writer, *((goes, comes) if leaves_first else (comes, goes)))
    assert way.subject in await awaited(writer)


@pytest.mark.parametrize("name", CROSSED)
@pytest.mark.parametrize("subject_first", [True, False])
async def test_who_waits_is_not_passed_by_what_arrives(
    name: str, subject_first: bool, writer: Writer
) -> None:
    stream, way = Stream(), WAYS[name]
    waits, arrives = create(stream, way), arrival(stream, AtUri(way.subject))
    await cross(writer, *((arrives, waits) if subject_first else (waits, arrives)))
    assert way.subject not in await awaited(writer)
    told = "SELECT count(*) FROM notifications WHERE author_did = $1 AND reason_subject = $2"
    assert await writer.pool.fetchval(told, ALICE, way.subject) == way.tells


async def test_two_who_begin_to_wait_make_one_entry(writer: Writer) -> None:
    stream = Stream()
    way = WAYS["a like"]
    await cross(writer, create(stream, way), create(stream, way, CAROL))
    assert await awaited(writer) == {POST, ALICE, CAROL}


@pytest.mark.parametrize("goes", ["the like", "the post"])
async def test_the_sweep_tells_of_nothing_that_goes_at_this_moment(
    goes: str, writer: Writer
) -> None:
    stream = Stream()
    rkey = AtUri(POST).rkey
    await write(writer, stream.create(BOB, FEED_POST, EMPTY, rkey))
    await write(writer, stream.create(ALICE, LIKE, like(POST), "1"))
    await writer.pool.execute(
        "INSERT INTO pending (subject, kind, expires) VALUES ($1, $2, now() + '1 h')",
        POST,
        FEED_POST,
    )
    did, collection, at = (ALICE, LIKE, "1") if goes == "the like" else (BOB, FEED_POST, rkey)
    gone = stream.delete(did, collection, at)
    async with writer.transaction([did]) as known:
        await known.write(known.admits([gone]))
        sweeping = asyncio.create_task(sweep(writer.pool))
        await blocked(known.connection, sweeping)
    await sweeping
    assert await writer.pool.fetchval("SELECT count(*) FROM notifications") == 0
