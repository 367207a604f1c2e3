"""How many requests are under way at the same time, over all hosts.

Hosts that have not answered share half of the places. To name a thousand that hang costs nothing:
they hold up one another, and whom nobody has asked yet, but none that is known to answer.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from indexer.coordinator.http.errors import Resting
from indexer.coordinator.http.host import Host


class Places:
    def __init__(self, most: int) -> None:
        self._most_waiting = 2 * most
        self._all = asyncio.Semaphore(most)
        self._newcomers = asyncio.Semaphore(max(1, most // 2))
        self._waiting = 0  # newcomers

    @asynccontextmanager
    async def one(self, host: Host) -> AsyncIterator[None]:
        """Raises `Resting` for a newcomer where too many wait already."""
        if host.answers:
            async with self._all:
                yield
            return
        if self._waiting >= self._most_waiting:
            raise Resting(host.name, "has not answered yet, and many others are being tried", 1.0)
        self._waiting += 1
        try:
            await self._newcomers.acquire()
        finally:
            self._waiting -= 1
        try:
            async with self._all:
                yield
        finally:
            self._newcomers.release()
