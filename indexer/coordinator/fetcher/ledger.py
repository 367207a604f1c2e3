"""What became of claimed entries, written down together: there are many, and none is in a hurry.

What is lost with the process costs asking again.
"""

from datetime import timedelta

from indexer.coordinator.fetcher.queue import Entry, PutOff, Queue


class Ledger:
    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._done: list[Entry] = []
        self._put_off: list[PutOff] = []

    def done(self, entry: Entry) -> None:
        self._done.append(entry)

    def put_off(self, entry: Entry, wait_s: float, failed: int = 0) -> None:
        self._put_off.append(PutOff(entry, timedelta(seconds=wait_s), failed))

    async def write(self) -> None:
        """May be repeated. What was written is forgotten."""
        if done := self._done[:]:
            await self._queue.settle(done)
            del self._done[: len(done)]
        if put_off := self._put_off[:]:
            await self._queue.put_off(put_off)
            del self._put_off[: len(put_off)]
