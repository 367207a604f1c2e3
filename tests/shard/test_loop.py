"""The shard's loop, but for its process: what it says of a batch, and when."""

import asyncio
from collections.abc import AsyncIterator
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection

import pytest

from indexer.channel import Batch, Pulse, ShardEnd
from indexer.parent.ledger import Ledger
from indexer.protocol.frame import decode
from indexer.shard.loop import Loop
from indexer.shard.writer import Writer
from load.generate import generate
from tests.polling import blocked, until

CONTEXT = get_context("spawn")
LATER_US = 4_000_000_000_000_000  # the times in what is made are made up
EVENT, FRAME = next(
    (event, frame)
    for _, frame in generate(seed=3, commits=1)
    if (event := decode(frame, LATER_US)) is not None
)


@pytest.fixture
async def ledger(database_url: str) -> AsyncIterator[Ledger]:
    ledger = await Ledger.open(database_url, "relay/path", "the test")
    yield ledger
    await ledger.close()


def loop_and_parent(writer: Writer) -> tuple[Loop, Connection]:
    """And where the parent hears it."""
    parent, child = Pipe()
    end = ShardEnd(child, Pulse(CONTEXT), CONTEXT.Queue(), 1)
    end.stopping = asyncio.Event()
    return Loop(end, writer, 100, False), parent


def batch(ledger: Ledger, epoch: int = 1) -> Batch:
    return Batch(7, epoch, ledger.witness, [(EVENT.seq, LATER_US, FRAME)])


async def test_a_batch_is_acknowledged_when_it_is_committed(writer: Writer, ledger: Ledger) -> None:
    loop, parent = loop_and_parent(writer)
    async with writer.transaction([EVENT.did]) as known:
        writing = asyncio.create_task(loop._take([batch(ledger)]))
        await blocked(known.connection, writing)
        assert not parent.poll()
    await writing
    assert parent.recv()[:4] == ("ack", 1, 7, 1)


async def test_what_rests_on_what_postgresql_forgot_is_not_written(
    writer: Writer, ledger: Ledger, database_url: str
) -> None:
    """A shard begun after a crash may be sent what stands behind that which the one before it was
    acknowledged: written, it would hide that when it comes again."""
    loop, parent = loop_and_parent(writer)
    await writer.pool.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'the test'"
    )
    await until(ledger.lost.is_set)
    await loop._take([batch(ledger)])
    assert parent.recv() == ("lost", 1)
    assert not await writer.pool.fetch("SELECT FROM repos")
    again = await Ledger.open(database_url, "relay/path", "the test")
    await loop._take([batch(again, epoch=2)])
    assert parent.recv()[:4] == ("ack", 2, 7, 1)
    assert await writer.pool.fetch("SELECT FROM repos")
    await again.close()
