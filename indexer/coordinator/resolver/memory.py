"""What is remembered of those who were asked for last."""

from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from cachebox import LRUCache

from indexer.coordinator.resolver.found import Entry, Lifetimes, Unknown


@dataclass(frozen=True, slots=True)
class Remembered:
    entry: Entry
    until: float  # by the monotonic clock


class Memory:
    def __init__(self, size: int, lifetimes: Lifetimes) -> None:
        self._lifetimes = lifetimes
        self._known: LRUCache[str, Remembered] = LRUCache(size)

    def find(self, did: str, since: datetime) -> Entry | None:
        found = self._known.get(did)
        if found is None or monotonic() >= found.until or found.entry.asked_at < since:
            return None
        return found.entry

    def keep(self, entry: Entry, now: datetime, *, shown: bool) -> None:
        """A row of `users` that comes later may not show the handle yet: unless there is one that
        does, the table is looked at each time."""
        if entry.handle is not None and not shown:
            return
        brief = entry.doubtful or isinstance(entry.found, Unknown)
        until = now + self._lifetimes.negative if brief else entry.asked_at + self._lifetimes.good
        seconds = (until - now).total_seconds()
        self._known[entry.found.did] = Remembered(entry, monotonic() + seconds)

    def drop(self, did: str) -> None:
        self._known.pop(did, None)
