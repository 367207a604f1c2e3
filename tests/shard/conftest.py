from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from indexer.database import BY_KEY, open_pool
from indexer.protocol.event import Event
from indexer.shard.pending import Pending
from indexer.shard.refusal import Trial
from indexer.shard.writer import Writer


@pytest.fixture
async def writer(database_url: str) -> AsyncIterator[Writer]:
    pool = await open_pool(database_url, "test", 4, synchronous_commit="off", settings=BY_KEY)
    yield Writer(pool, "relay.test", Pending(timedelta(hours=24), 1000, True, True))
    await pool.close()


async def write(writer: Writer, *events: Event, at_once: int = 1000) -> Trial:
    """Write the events in batches of so many."""
    trial = Trial(writer)
    for begin in range(0, len(events), at_once):
        await trial.write(events[begin : begin + at_once])
    return trial


async def write_again(writer: Writer, *events: Event) -> None:
    """Write them past the gate: as if they had never been seen."""
    async with writer.pool.acquire() as connection:
        await connection.execute("UPDATE repos SET rev = NULL")
    await write(writer, *events)
