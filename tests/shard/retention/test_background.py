"""The walk beside the indexer's own work."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from indexer.protocol.age import horizon_at
from indexer.shard.retention import background
from indexer.shard.retention.background import walk_when_due
from indexer.shard.writer import Writer
from tests.ops import START, Stream
from tests.records.samples import ALICE
from tests.shard.conftest import write

POST = "app.bsky.feed.post"
LAG = """
    INSERT INTO firehose_cursor (service, cursor, last_event_time)
    VALUES ('relay.test', 1, now() - $1::interval)
    ON CONFLICT (service) DO UPDATE
    SET last_event_time = excluded.last_event_time, updated_at = now()
"""
DAY = timedelta(days=1)


@pytest.fixture
def forgetful(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> Writer:
    monkeypatch.setattr(background, "LOOK_AGAIN_S", 0.01)
    return replace(writer, horizon=lambda: horizon_at(START))


async def old_posts(writer: Writer) -> int:
    found: int = await writer.pool.fetchval("SELECT count(*) FROM posts")
    return found


async def test_it_waits_while_the_stream_is_behind(writer: Writer, forgetful: Writer) -> None:
    await write(writer, Stream(START - DAY).create(ALICE, POST, {"text": ""}, "1"))
    await writer.pool.execute(LAG, timedelta(minutes=5))
    walking = asyncio.create_task(walk_when_due(forgetful, DAY))
    await asyncio.sleep(0.2)
    assert await old_posts(writer) == 1
    await writer.pool.execute(LAG, timedelta(seconds=5))
    await asyncio.wait_for(walking, 20)
    assert await old_posts(writer) == 0


async def test_it_does_not_wait_for_a_stream_that_stands_still(
    writer: Writer, forgetful: Writer
) -> None:
    await write(writer, Stream(START - DAY).create(ALICE, POST, {"text": ""}, "1"))
    await writer.pool.execute(LAG, timedelta(minutes=5))
    await writer.pool.execute("UPDATE firehose_cursor SET updated_at = now() - interval '1 min'")
    await asyncio.wait_for(walk_when_due(forgetful, DAY), 20)
    assert await old_posts(writer) == 0


async def test_it_walks_when_that_is_due_and_never_where_all_is_kept(
    writer: Writer, forgetful: Writer
) -> None:
    await write(writer, Stream(START - DAY).create(ALICE, POST, {"text": ""}, "1"))
    await walk_when_due(writer, DAY)
    assert await writer.pool.fetchval("SELECT count(*) FROM retention_passes") == 0
    await walk_when_due(forgetful, DAY)
    await walk_when_due(forgetful, DAY)
    assert await writer.pool.fetchval("SELECT count(*) FROM retention_passes") == 1
    await walk_when_due(forgetful, timedelta(0))
    assert await writer.pool.fetchval("SELECT count(*) FROM retention_passes") == 2
