"""What a lost connection means, and what may be stored of what was refused."""

import asyncio

import pytest

from indexer.database import open_pool
from indexer.shard.admission import Kept
from indexer.shard.process import SESSION
from indexer.shard.writer import Guard, Writer
from tests.ops import Stream
from tests.records.samples import ALICE
from tests.shard.conftest import write


async def test_after_a_lost_connection_nothing_is_written_until_a_new_epoch(
    database_url: str, writer: Writer
) -> None:
    """Though the pool makes a new one without a word: what was acknowledged may be forgotten."""
    guard, told = Guard(), asyncio.Event()
    guard.tell = told.set
    async with await open_pool(
        database_url, "test guard", 1, settings=SESSION, ended=guard.trip
    ) as pool:
        guarded = Writer(pool, "relay.test", writer.pending, guard)
        stream = Stream()
        await write(guarded, stream.create(ALICE, "app.bsky.feed.post", {"text": ""}, "1"))
        await writer.pool.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'test guard' AND datname = current_database()"
        )
        async with asyncio.timeout(10):
            await told.wait()
        later = stream.create(ALICE, "app.bsky.feed.post", {"text": ""}, "2")
        with pytest.raises(ConnectionResetError):
            await write(guarded, later)
        assert await writer.pool.fetchval("SELECT count(*) FROM posts") == 1
        guard.broken = False
        await write(guarded, later)
        assert await writer.pool.fetchval("SELECT count(*) FROM posts") == 2


@pytest.mark.parametrize("did", ["did:plc:\0", "did:web:" + "x" * 12_000, "no did at all"])
async def test_what_a_refused_frame_says_of_itself_is_not_trusted(did: str, writer: Writer) -> None:
    await writer.quarantine([Kept(7, did, None, "bad_frame", "text with \0", frame=b"\0")])
    found = await writer.pool.fetch("SELECT did, detail, frame FROM quarantine")
    assert found == [(None, "text with \ufffd", b"\0")]
