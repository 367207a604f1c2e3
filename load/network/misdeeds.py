"""Faults in how an answer is given: haltingly, in part, without an end, or not at all."""

import asyncio

from aiohttp import web

from load.network.answer import Answer
from load.network.asked import Asked
from load.network.faults import Fault

_PIECE = 1 << 16


def halting(pause_s: float, pieces: int = 4) -> Fault:
    """The whole answer, with pauses in it."""

    async def do(asked: Asked) -> web.StreamResponse:
        answer = asked.answer()
        response = await _begun(asked, answer, len(answer.body))
        step = max(1, -(-len(answer.body) // pieces))
        for at in range(0, len(answer.body), step):
            if at:
                await asyncio.sleep(pause_s)
            await response.write(answer.body[at : at + step])
        return response

    return do


def cut(share: float = 0.5) -> Fault:
    """Breaks off in the midst of it: what was written is sent, the rest never comes."""

    async def do(asked: Asked) -> web.StreamResponse:
        answer = asked.answer()
        response = await _begun(asked, answer, len(answer.body))
        await response.write(answer.body[: int(len(answer.body) * share)])
        if asked.request.transport is not None:
            asked.request.transport.close()
        return response

    return do


def trickling(every_s: float = 0.05) -> Fault:
    """A byte now and then, for ever."""

    async def do(asked: Asked) -> web.StreamResponse:
        answer = asked.answer()
        response = await _begun(asked, answer)
        while True:
            for at in range(len(answer.body)):
                await response.write(answer.body[at : at + 1])
                await asyncio.sleep(every_s)

    return do


def oversize(size: int) -> Fault:
    """The true answer, and so many bytes behind it, of which nothing was said before."""

    async def do(asked: Asked) -> web.StreamResponse:
        answer = asked.answer()
        response = await _begun(asked, answer)
        await response.write(answer.body)
        for _ in range(0, size, _PIECE):
            await response.write(bytes(_PIECE))
        return response

    return do


def hang_up() -> Fault:
    """No answer, and the connection is gone."""

    async def do(asked: Asked) -> web.StreamResponse:
        if asked.request.transport is not None:
            asked.request.transport.abort()
        return web.Response()

    return do


async def _begun(asked: Asked, answer: Answer, length: int | None = None) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status, headers={"Content-Type": answer.kind})
    response.content_length = length
    await response.prepare(asked.request)
    return response
