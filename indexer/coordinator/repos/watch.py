"""Follows what was offered on its way into the database, which alone says what has arrived."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from indexer.coordinator.repos.queue import Queue, Seen

LOOK_EVERY_S = 0.03


@dataclass(slots=True)
class Way:
    """Of one fetching."""

    token: int
    parts: int = 0  # that are applied
    complete: bool = False
    over: bool = False  # its row is another's, or gone
    lost: str | None = None  # why nothing more of it will be applied
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    def see(self, seen: Seen | None) -> None:
        before = (self.parts, self.complete, self.over, self.lost)
        if seen is None:
            self.complete = self.over = True
        elif seen.token != self.token:
            self.over = True
            self.lost = None if self.complete else f"a shard gave it back, {seen.state}"
        else:
            self.parts, self.complete = seen.parts, seen.complete
            if seen.state != "fetching" and not seen.complete:
                self.lost = f"it became {seen.state}"
        if (self.parts, self.complete, self.over, self.lost) != before:
            self.moved.set()


class Watch:
    """One look for all of them."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._ways: dict[str, Way] = {}
        self._some = asyncio.Event()

    @contextmanager
    def following(self, did: str, token: int) -> Iterator[Way]:
        way = self._ways[did] = Way(token)
        self._some.set()
        try:
            yield way
        finally:
            del self._ways[did]

    async def run(self) -> None:
        while True:
            await self._some.wait()
            await self.look()
            if not self._ways:
                self._some.clear()
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        ways = dict(self._ways)
        seen = {one.did: one for one in await self._queue.look(ways)}
        for did, way in ways.items():
            way.see(seen.get(did))
