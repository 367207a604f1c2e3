"""Measuring goes on, whatever PostgreSQL does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from indexer.config import Config
from indexer.parent.meter import Meter
from tests.parent.parents import make_parent, settings
from tests.polling import blocked, until


def often(database_url: str) -> Config:
    given = settings(database_url, "ws://127.0.0.1:1")
    log = msgspec.structs.replace(given.log, every_s=0.1)
    return msgspec.structs.replace(given, log=log)


@asynccontextmanager
async def measuring(database_url: str) -> AsyncIterator[Meter]:
    given = often(database_url)
    meter = Meter(make_parent(given), given)
    task = asyncio.create_task(meter.run())
    try:
        yield meter
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_rates_move_on_while_postgresql_is_slow(database_url: str, connection) -> None:
    async with connection.transaction():
        await connection.execute("LOCK TABLE firehose_cursor IN ACCESS EXCLUSIVE MODE")
        async with measuring(database_url) as meter:
            await blocked(connection)
            await until(lambda: len(meter._samples) >= 3)
            assert meter.facts is None


async def test_what_postgresql_cannot_be_asked_is_a_trouble_until_it_answers(
    database_url: str, connection
) -> None:
    async with measuring(database_url) as meter:
        await until(lambda: meter.facts is not None)
        await connection.execute("ALTER TABLE firehose_cursor RENAME TO hidden")
        await until(lambda: "firehose_cursor" in (meter.trouble or ""))
        assert meter.facts is not None
        await connection.execute("ALTER TABLE hidden RENAME TO firehose_cursor")
        await until(lambda: meter.trouble is None)
