"""Somebody who has a session of his own, and gets in the way of everybody else's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import asyncpg

from indexer import database

CANCEL = (
    "SELECT count(*) FILTER (WHERE pg_cancel_backend(pid)) FROM pg_stat_activity"
    " WHERE application_name LIKE 'indexer shard%' AND state = 'active'"
    " AND datname = current_database()"
)
# In the order opposite to that of the shards, and with more patience than they have.
CROSS = (
    "SET LOCAL deadlock_timeout = '1min'",
    "LOCK TABLE post_aggregations, user_aggregations IN EXCLUSIVE MODE",
    "SELECT pg_sleep(0.05)",
    "LOCK TABLE repos IN EXCLUSIVE MODE",
)
ROUNDS = 3
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


@dataclass
class Heckler:
    connection: asyncpg.Connection
    cancelled: int = 0
    deadlocks: int = 0

    async def heckle(self) -> None:
        for _ in range(ROUNDS):
            for _ in range(ROUNDS):
                while not (caught := await self.connection.fetchval(CANCEL)):
                    await asyncio.sleep(0.002)
                self.cancelled += caught
            with suppress(asyncpg.DeadlockDetectedError):
                async with self.connection.transaction():
                    for statement in CROSS:
                        await self.connection.execute(statement)
            self.deadlocks = await self.connection.fetchval(DEADLOCKS)


@asynccontextmanager
async def heckled(database_url: str) -> AsyncIterator[Heckler]:
    connection = await database.connect(database_url, "heckler")
    heckler = Heckler(connection)
    working = asyncio.create_task(heckler.heckle())
    try:
        yield heckler
    finally:
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working
        await connection.close()
