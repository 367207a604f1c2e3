"""Waiting for what other processes do: never a fixed time, always a deadline."""

import asyncio
import time
from collections.abc import Callable
from typing import Any


async def until(happened: Callable[[], bool], within_s: float = 40.0) -> None:
    deadline = time.monotonic() + within_s
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.02)


async def blocked(connection: Any) -> None:
    """Wait until somebody waits for a lock. (pg_stat_activity stands still in a transaction.)"""
    async with asyncio.timeout(40):
        while not await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            await asyncio.sleep(0.02)
