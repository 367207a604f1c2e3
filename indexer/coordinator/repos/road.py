"""The road of one repo's parts to its shard: a few are under way at a time, and offered again when
nothing is heard of them, for frames are lost with connections."""

import asyncio
from collections import deque

from indexer.channel import CoordinatorEnd
from indexer.coordinator.repos.watch import Way
from indexer.protocol.synthetic import release_frame

MOST_UNDER_WAY, MOST_STALLS = 4, 3


class Lost(Exception):
    """What was begun cannot go on, by nobody's fault; it is to begin anew."""


class Road:
    def __init__(self, did: str, way: Way, end: CoordinatorEnd, stall_s: float) -> None:
        self._did = did
        self._way = way
        self._end = end
        self._stall_s = stall_s
        self._stalls = 0
        self._under_way: deque[tuple[int, bytes]] = deque()

    async def send(self, number: int, frame: bytes) -> None:
        """Waits for room. Raises `Lost`."""
        self._under_way.append((number, frame))
        await self._end.offer(frame)
        while len(self._under_way) >= MOST_UNDER_WAY:
            await self._wait()

    async def arrived(self) -> None:
        """All of it, and what was held back behind it. Raises `Lost`."""
        while not self._way.over:
            await self._wait()
        self._check()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(self._stall_s):
                await self._way.moved.wait()
        except TimeoutError:
            await self._again()
            return
        way, under_way = self._way, self._under_way
        way.moved.clear()
        self._stalls = 0
        self._check()
        while under_way and (way.complete or under_way[0][0] <= way.parts):
            under_way.popleft()
        if under_way and under_way[0][0] > way.parts + 1:
            raise Lost("PostgreSQL has forgotten what was applied")

    def _check(self) -> None:
        if self._way.lost is not None:
            raise Lost(self._way.lost)

    async def _again(self) -> None:
        self._stalls += 1
        if self._stalls > MOST_STALLS:
            raise Lost("no shard takes it")
        frames = [frame for _, frame in self._under_way]
        for frame in frames or [release_frame(self._did, self._way.token)]:
            await self._end.offer(frame)
