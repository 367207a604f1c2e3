"""Faults in when an answer is given."""

import asyncio

from aiohttp import web

from load.network.asked import Asked
from load.network.faults import Fault


def slow(before_s: float) -> Fault:
    """The whole answer, but late."""

    async def do(asked: Asked) -> web.StreamResponse:
        await asyncio.sleep(before_s)
        return await asked.honest()

    return do


def held(until: asyncio.Event) -> Fault:
    """The whole answer, once it is let go."""

    async def do(asked: Asked) -> web.StreamResponse:
        await until.wait()
        return await asked.honest()

    return do


def silent() -> Fault:
    """No answer, and the connection stays."""
    return held(asyncio.Event())
