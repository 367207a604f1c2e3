"""Waiting for what other processes do: never a fixed time, always a deadline."""

import asyncio
import time
from collections.abc import Callable


async def until(happened: Callable[[], bool], within_s: float = 20.0) -> None:
    deadline = time.monotonic() + within_s
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.02)
