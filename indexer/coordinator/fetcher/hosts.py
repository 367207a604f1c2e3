"""Who may ask a host now: few at once, and so many a second. The others are told when to come
again, one after the other, and hold up nobody meanwhile. Accounts and records stand in lines of
their own, so that no new account waits behind all the records of its host.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic

from cachebox import LRUCache

from indexer.config import Fetcher as Settings

MOST_HOSTS = 10_000  # that are remembered
BURST_S = 1.0  # as often as entries are looked for


@dataclass(slots=True)
class Host:
    under_way: int = 0
    used_until: float = 0.0  # by the clock: as many as went in would take so long at its rate
    ends: dict[bool, float] = field(default_factory=dict)  # of both lines: when the last may come


class Hosts:
    def __init__(self, settings: Settings, clock: Callable[[], float] = monotonic) -> None:
        self._settings = settings
        self._pace_s = 1 / settings.per_host_per_s
        self._clock = clock
        self._known: LRUCache[str, Host] = LRUCache(MOST_HOSTS)
        self.busy = 0  # hosts that somebody asks

    @contextmanager
    def entering(self, name: str, first: bool) -> Iterator[float | None]:
        """Gives None, or after how many seconds to come again, and is then not to be asked."""
        host = self._known.get(name)
        if host is None:
            host = self._known[name] = Host()
        if not self._has_room(host):
            yield self._line_up(host, first)
            return
        self._enter(host)
        try:
            yield None
        finally:
            host.under_way -= 1
            self.busy -= host.under_way == 0

    def _has_room(self, host: Host) -> bool:
        free = host.under_way < self._settings.at_once_per_host
        return free and host.used_until <= self._clock() + BURST_S

    def _enter(self, host: Host) -> None:
        self.busy += host.under_way == 0
        host.under_way += 1
        host.used_until = max(host.used_until, self._clock()) + self._pace_s

    def _line_up(self, host: Host, first: bool) -> float:
        now = self._clock()
        host.ends[first] = max(host.ends.get(first, 0.0), now) + self._pace_s
        return min(host.ends[first] - now, self._settings.backoff_max_s)
