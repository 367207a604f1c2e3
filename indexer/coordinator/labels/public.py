"""`com.atproto.label.queryLabels`: labels that hold now, of whatever source we know.

Those that were taken back or have ended are left out, so that nobody takes one for good who does
not look at `neg` and `exp`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from indexer.coordinator.labels.answers import (
    Refused,
    answer,
    limit_of,
    paged,
    place_of,
    several,
)
from indexer.coordinator.labels.desk import Desk
from indexer.labels import Unable, match
from indexer.protocol.syntax import is_did

AT_ONCE = 4  # a wildcard can mean a walk over all labels there are
MOST_WAITING = 200


class Public:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def query_labels(self, request: web.Request) -> web.Response:
        patterns, sources = several(request, "uriPatterns"), several(request, "sources")
        limit, after = limit_of(request), place_of(request)
        if not patterns:
            raise Unable("uriPatterns: missing")
        if any("*" in pattern[:-1] for pattern in patterns):
            raise Unable("uriPatterns: * may stand at the end only")
        if odd := [source for source in sources if not is_did(source)]:
            raise Unable(f"sources: {odd[0][:200]!r} is no DID")
        async with self._turn():
            found = await match(
                self._desk.pool, patterns, sources=sources or None, after=after, limit=limit
            )
        return answer(paged(found, limit))

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if self._waiting >= MOST_WAITING:
            raise Refused(503, "too many are asking: come again")
        self._waiting += 1
        try:
            await self._slots.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._slots.release()
