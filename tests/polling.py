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


async def blocked(connection: Any, *tasks: asyncio.Task[Any]) -> None:
    """Wait until somebody waits for a lock, or all of these tasks, none of whom may get by without.
    (pg_stat_activity stands still in a transaction.)"""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    async with asyncio.timeout(40):
        while await connection.fetchval(waiting) < max(1, len(tasks)):
            assert not any(task.done() for task in tasks), "it did not have to wait"
            await asyncio.sleep(0.02)
