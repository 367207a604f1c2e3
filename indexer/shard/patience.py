"""What goes wrong by no fault of the data, and is tried again for as long as it takes."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from asyncpg import (
    DeadlockDetectedError,
    InsufficientResourcesError,
    LockNotAvailableError,
    QueryCanceledError,
    SerializationError,
)

from indexer import metrics

FIRST_S, LAST_S = 0.01, 10.0

T = TypeVar("T")
log = structlog.get_logger()


class Outdated(Exception):
    """What a transaction read at its beginning no longer holds."""


# The last two are an operator's doing, by hand or by lock_timeout and statement_timeout.
CROSSED = (
    DeadlockDetectedError,
    SerializationError,
    Outdated,
    LockNotAvailableError,
    QueryCanceledError,
)


async def patiently(do: Callable[[], Awaitable[T]]) -> T:
    """What a whole transaction gives, in the end: others are in the way, or the server is full."""
    delay = FIRST_S
    while True:
        try:
            return await do()
        except CROSSED as error:
            metrics.RETRIES.labels("crossed").inc()
            log.info("crossed another transaction", error=str(error))
        except InsufficientResourcesError as error:
            metrics.RETRIES.labels("no_room").inc()
            log.error("PostgreSQL has no room", error=str(error), next_try_s=delay)
        await asyncio.sleep(delay)
        delay = min(delay * 2, LAST_S)
