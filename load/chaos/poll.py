"""Waiting for what other processes do, which nobody tells us."""

import asyncio
from collections.abc import Awaitable, Callable


async def until(happened: Callable[[], Awaitable[bool]], look_every_s: float) -> None:
    while True:
        if await happened():
            return
        await asyncio.sleep(look_every_s)
