"""What others do to a batch in the middle of it: nothing is lost, skipped or kept aside."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import asyncpg
import pytest

from indexer import metrics
from indexer.database import BY_KEY, open_pool
from indexer.protocol.event import Event
from indexer.shard.refusal import Trial
from indexer.shard.writer import Writer
from tests.ops import Stream
from tests.polling import blocked
from tests.records.samples import ALICE, BOB, ref
from tests.shard.conftest import write

POST, LIKE = "app.bsky.feed.post", "app.bsky.feed.like"
SUBJECT = f"at://{BOB}/{POST}/1"


@pytest.fixture
def batch() -> list[Event]:
    stream = Stream()
    return [
        stream.create(BOB, POST, {"text": ""}, "1"),
        stream.create(ALICE, LIKE, {"subject": ref(SUBJECT)}, "l"),
    ]


@asynccontextmanager
async def in_the_way(writer: Writer) -> AsyncIterator[asyncpg.Connection]:
    """Somebody who holds the counter that the batch needs, until the block ends."""
    count = "INSERT INTO post_aggregations (post_uri) VALUES ($1) ON CONFLICT DO NOTHING"
    await writer.pool.execute(count, SUBJECT)
    async with writer.pool.acquire() as other, other.transaction():
        lock = "UPDATE post_aggregations SET like_count = like_count WHERE post_uri = $1"
        await other.execute(lock, SUBJECT)
        yield other


def retries() -> float:
    return float(metrics.RETRIES.labels("crossed")._value.get())  # type: ignore[attr-defined]


async def retried(before: float) -> None:
    async with asyncio.timeout(40):
        while retries() == before:
            await asyncio.sleep(0.01)


async def written(writer: Writer, trial: Trial) -> None:
    assert (trial.ops, trial.kept) == (2, [])
    found = await writer.pool.fetchrow(
        "SELECT (SELECT count(*) FROM posts), (SELECT count(*) FROM quarantine), like_count"
        " FROM post_aggregations WHERE post_uri = $1",
        SUBJECT,
    )
    assert tuple(found) == (1, 0, 1)


async def test_a_cancelled_statement_is_tried_again(writer: Writer, batch: list[Event]) -> None:
    before = retries()
    async with in_the_way(writer) as other:
        writing = asyncio.create_task(write(writer, *batch))
        await blocked(other)
        await other.execute(
            "SELECT pg_cancel_backend(pid) FROM pg_locks"
            " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        await retried(before)
    await written(writer, await writing)


@pytest.mark.parametrize("limit", ["lock_timeout", "statement_timeout"])
async def test_what_took_too_long_is_tried_again(
    limit: str, writer: Writer, database_url: str, batch: list[Event]
) -> None:
    before = retries()
    settings = {**BY_KEY, limit: "500ms"}
    async with await open_pool(database_url, "test hasty", 1, settings=settings) as pool:
        hasty = replace(writer, pool=pool)
        async with in_the_way(writer):
            writing = asyncio.create_task(write(hasty, *batch))
            await retried(before)
        trial = await writing
    await written(writer, trial)


async def test_what_cannot_be_serialized_is_tried_again(
    writer: Writer, database_url: str, batch: list[Event]
) -> None:
    """Where whoever owns the database made transactions stricter than ours have to be."""
    before = retries()
    settings = {**BY_KEY, "default_transaction_isolation": "repeatable read"}
    async with await open_pool(database_url, "test strict", 1, settings=settings) as pool:
        async with in_the_way(writer) as other:
            writing = asyncio.create_task(write(replace(writer, pool=pool), *batch))
            await blocked(other)
        trial = await writing
    assert retries() > before
    await written(writer, trial)
