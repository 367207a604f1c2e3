"""What PostgreSQL refuses now and may grant later."""

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

from indexer.database.session import DATABASE_ERRORS, lost

PASSING = (
    DeadlockDetectedError,
    InsufficientResourcesError,
    LockNotAvailableError,
    QueryCanceledError,
    SerializationError,
)
RETRY_S = 1.0

T = TypeVar("T")
log = structlog.get_logger()


def passes(error: BaseException) -> bool:
    """Whether the same may be done later, perhaps on a new connection. A full disk is the usual
    one."""
    return lost(error) or isinstance(error, PASSING)


async def persistently(do: Callable[[], Awaitable[T]]) -> T:
    """What it gives in the end."""
    while True:
        try:
            return await do()
        except DATABASE_ERRORS as error:
            if not passes(error):
                raise
            log.warning("PostgreSQL refused", error=str(error) or type(error).__name__)
        await asyncio.sleep(RETRY_S)
