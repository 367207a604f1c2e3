"""Waits for PostgreSQL."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from indexer.database.session import DATABASE_ERRORS, lost

if TYPE_CHECKING:
    from asyncpg import Pool, Record

FIRST_RETRY_S, LAST_RETRY_S = 0.2, 10.0

log = structlog.get_logger()


async def reach(
    open_one: Callable[[], Awaitable["Pool[Record]"]], stopping: asyncio.Event
) -> "Pool[Record] | None":
    """A pool, as soon as PostgreSQL answers; None when we are to leave before it does."""
    delay = FIRST_RETRY_S
    while not stopping.is_set():
        try:
            return await open_one()
        except DATABASE_ERRORS as error:
            if not lost(error):
                raise
            log.warning("cannot reach PostgreSQL", error=str(error), next_try_s=delay)
        with suppress(TimeoutError):
            async with asyncio.timeout(delay):
                await stopping.wait()
        delay = min(delay * 2, LAST_RETRY_S)
    return None
