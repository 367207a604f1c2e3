"""The log of labels, in one order for all: that in which changes were committed.

An event has its id from before the commit, when another writer may commit with a lower one still
to come. So it is numbered after: by whoever wants to read, under a lock that no writer takes.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import NamedTuple

from asyncpg import Connection, Pool, Record

from indexer.database import DATABASE_ERRORS, connect, load_query

CHANNEL = "label_events"
LOOK_EVERY_S = 5.0  # a net, should a notification be lost
AT_ONCE = 500

LOCK = "SELECT FROM label_log FOR UPDATE"
UNNUMBERED = "SELECT EXISTS (SELECT FROM label_events WHERE seq IS NULL)"
BOUNDS = "SELECT seq, cut FROM label_log"
NUMBER, AFTER = load_query("number_label_events"), load_query("label_events_after")


class Event(NamedTuple):
    """`action` is `created`, or `deleted` when the label holds no longer, for whatever reason."""

    seq: int
    label_uri: str
    action: str
    src: str
    created_at: datetime
    block: bytes | None
    sig: bytes | None


class Bounds(NamedTuple):
    last: int  # the number given last
    cut: int  # the highest that is in the log no more


async def number(pool: "Pool[Record]") -> Bounds:
    """All that is committed by now has a number then."""
    async with pool.acquire() as connection:
        if await connection.fetchval(UNNUMBERED):
            async with connection.transaction():
                await connection.execute(LOCK)
                await connection.execute(NUMBER)  # a statement of its own: it sees what went before
        return Bounds(*await connection.fetchrow(BOUNDS))


async def events_after(pool: "Pool[Record]", seq: int, most: int = AT_ONCE) -> list[Event]:
    return [Event(*row) for row in await pool.fetch(AFTER, seq, most)]


class Bell:
    """Rings for everybody who waits whenever something may have been logged."""

    def __init__(self) -> None:
        self._ring = asyncio.Event()

    def ring(self) -> None:
        self._ring.set()
        self._ring = asyncio.Event()

    def next(self) -> asyncio.Event:
        """Taken before looking, so that what comes while one looks is not missed."""
        return self._ring


@asynccontextmanager
async def listening(url: str, name: str, look_every_s: float = LOOK_EVERY_S) -> AsyncIterator[Bell]:
    """For as long as the block lasts, whatever becomes of the connection."""
    bell = Bell()
    task = asyncio.create_task(_listen(url, name, bell, look_every_s))
    try:
        yield bell
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def follow(
    pool: "Pool[Record]", bell: Bell, after: int | None = None
) -> AsyncIterator[list[Event]]:
    """Every event behind `after`, once and in order; with None, those that are yet to come."""
    place = (await number(pool)).last if after is None else after
    while True:
        ring = bell.next()
        await number(pool)
        while found := await events_after(pool, place):
            place = found[-1].seq
            yield found
        await ring.wait()


async def _listen(url: str, name: str, bell: Bell, look_every_s: float) -> None:
    connection: Connection[Record] | None = None
    try:
        while True:
            with suppress(*DATABASE_ERRORS):
                if connection is None or connection.is_closed():
                    connection = await connect(url, name)
                    await connection.add_listener(CHANNEL, lambda *_: bell.ring())
            bell.ring()
            await asyncio.sleep(look_every_s)
    finally:
        if connection is not None:
            connection.terminate()
