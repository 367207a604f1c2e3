"""Faults of servers that are broken, overworked, or want to hold up whoever asks."""

import asyncio
from contextlib import suppress
from random import Random

from aiohttp import web

from load.network.answer import Answer, refused
from load.network.asked import Asked, Fault, headers_of, sent

_PIECE = 65_536


def slow(wait_s: float) -> Fault:
    """The answer comes late."""

    async def fault(asked: Asked) -> web.StreamResponse:
        await asyncio.sleep(wait_s)
        return await asked.honestly()

    return fault


def crawling(pause_s: float, piece: int = 64) -> Fault:
    """The answer comes at once, and then so many bytes at a time."""

    async def fault(asked: Asked) -> web.StreamResponse:
        answer = asked.answer()
        response = await _begun(asked, answer, len(answer.body))
        with suppress(ConnectionResetError):
            for start in range(0, len(answer.body), piece):
                await response.write(answer.body[start : start + piece])
                await asyncio.sleep(pause_s)
        return response

    return fault


def endless(pause_s: float = 0.0, piece: int = 1024) -> Fault:
    """Zeros without end."""

    async def fault(asked: Asked) -> web.StreamResponse:
        response = await _begun(asked, asked.answer()._replace(status=200), None)
        with suppress(ConnectionResetError):
            while True:
                await response.write(bytes(piece))
                await asyncio.sleep(pause_s)
        return response

    return fault


def status(code: int, retry_after: str = "") -> Fault:
    """An error, and nothing else."""
    answer = refused("InternalServerError" if code >= 500 else "Refused", status=code)
    headers = {"Retry-After": retry_after} if retry_after else {}
    return instead(answer._replace(headers=headers))


def redirecting(url: str = "", code: int = 302) -> Fault:
    """Without a URL: to itself, for ever."""

    async def fault(asked: Asked) -> web.StreamResponse:
        return web.Response(status=code, headers={"Location": url or asked.request.path_qs})

    return fault


def cut(share: float = 0.5) -> Fault:
    """The connection ends within the body, of which that much was sent."""

    async def fault(asked: Asked) -> web.StreamResponse:
        answer = asked.answer()
        response = await _begun(asked, answer, len(answer.body))
        await response.write(answer.body[: int(len(answer.body) * share)])
        _end(asked)
        return response

    return fault


def hanging_up() -> Fault:
    """The connection ends without a word."""

    async def fault(asked: Asked) -> web.StreamResponse:
        _end(asked)
        return web.Response()

    return fault


def swollen(size: int) -> Fault:
    """The answer, then zeros, so many bytes in all; its length is announced truly."""

    async def fault(asked: Asked) -> web.StreamResponse:
        answer = asked.answer()
        response = await _begun(asked, answer, size)
        with suppress(ConnectionResetError):
            await response.write(answer.body[:size])
            for start in range(len(answer.body), size, _PIECE):
                await response.write(bytes(min(_PIECE, size - start)))
        return response

    return fault


def garbage(size: int = 1000, seed: int = 0) -> Fault:
    """Bytes that mean nothing, said to be what was asked for."""

    async def fault(asked: Asked) -> web.StreamResponse:
        return sent(asked.answer()._replace(status=200, body=Random(seed).randbytes(size)))

    return fault


def instead(answer: Answer) -> Fault:
    """Always the same."""

    async def fault(asked: Asked) -> web.StreamResponse:
        return sent(answer)

    return fault


async def _begun(asked: Asked, answer: Answer, length: int | None) -> web.StreamResponse:
    """Its headers have been sent; without a length, the body comes in chunks."""
    response = web.StreamResponse(status=answer.status, headers=headers_of(answer))
    response.content_length = length
    await response.prepare(asked.request)
    return response


def _end(asked: Asked) -> None:
    if asked.request.transport is not None:
        asked.request.transport.close()
