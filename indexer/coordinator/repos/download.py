"""Asks a host for a repo: `com.atproto.sync.getRepo`, or why there is none."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

import orjson

from indexer.config import Repos as Settings
from indexer.coordinator.http import Client, NoAnswer
from indexer.coordinator.http.answer import Stream

OK = 200
MOST_ERROR_BYTES = 10_000
# Answers: there is nothing to be had, and asking again would bring nothing else.
NO_REPO = ("RepoNotFound", "RepoTakendown", "RepoSuspended", "RepoDeactivated")
PIECE_BYTES = 1 << 18  # as many as are handed on at once


class Declined(Exception):
    """The host has no such repo to give; the text says why, in the protocol's words."""


class Unusable(Exception):
    """What was answered is not the repo, or not all of it. It counts as a failure."""


@asynccontextmanager
async def asking(
    client: Client, base: str, did: str, settings: Settings
) -> AsyncIterator[AsyncIterator[bytes]]:
    """Raises `Declined`, `Unusable`, and `NoAnswer` before there is one."""
    url = f"{base.rstrip('/')}/xrpc/com.atproto.sync.getRepo?did={quote(did, safe=':')}"
    begun = False
    try:
        async with client.stream(
            url, most_bytes=settings.max_bytes, within_s=settings.within_s
        ) as answer:
            if answer.status != OK:
                raise await _refusal(answer)
            begun = True
            yield _pieces(answer)
    except NoAnswer as error:
        if begun:  # a cut is no answer
            raise Unusable(str(error)) from error
        raise


async def _pieces(answer: Stream) -> AsyncIterator[bytes]:
    waiting, size = list[bytes](), 0
    async for chunk in answer.chunks:
        waiting.append(chunk)
        size += len(chunk)
        if size >= PIECE_BYTES:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)


async def _refusal(answer: Stream) -> Exception:
    body = b""
    async for chunk in answer.chunks:
        body += chunk
        if len(body) > MOST_ERROR_BYTES:  # a repo may be large, a refusal is not
            break
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        found = None
    match found:
        case {"error": str(name)} if name in NO_REPO:
            return Declined(name)
    return Unusable(f"answered {answer.status}")
