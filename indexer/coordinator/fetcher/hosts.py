"""Who may ask a host now: few at once, and so many a second. The others are told when to come
again, one after the other, and hold up nobody meanwhile. Accounts and records stand in lines of
their own, so that no new account waits behind all the records of its host.

Hosts that have not answered share some places among them: whoever names a thousand that hang, which
costs nothing, holds up other newcomers, and none that is known to answer.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic

from cachebox import LRUCache

from indexer.config import Fetcher as Settings
from indexer.coordinator.http.errors import Failed

MOST_HOSTS = 10_000  # that are remembered
BURST_S = 1.0  # as often as entries are looked for


@dataclass(slots=True)
class Host:
    under_way: int = 0
    answers: bool = False  # the last that was asked
    used_until: float = 0.0  # by the clock: as many as went in would take so long at its rate
    ends: dict[bool, float] = field(default_factory=dict)  # of both lines: when the last may come


class Hosts:
    def __init__(
        self, settings: Settings, newcomers: int, clock: Callable[[], float] = monotonic
    ) -> None:
        """`newcomers` may be under way at hosts that are not known to answer."""
        self._settings = settings
        self._most_newcomers = newcomers
        self._pace_s = 1 / settings.per_host_per_s
        self._clock = clock
        self._known: LRUCache[str, Host] = LRUCache(MOST_HOSTS)
        self._newcomers = Host()  # all that do not answer, together
        self.busy = 0  # hosts that somebody asks

    @contextmanager
    def entering(self, name: str, first: bool) -> Iterator[float | None]:
        """Gives None, or after how many seconds to come again, and is then not to be asked."""
        host = self._known.get(name)
        if host is None:
            host = self._known[name] = Host()
        if not self._has_room(host):
            yield self._line_up(host, first)
        elif not host.answers and self._newcomers.under_way >= self._most_newcomers:
            yield self._line_up(self._newcomers, first)
        else:
            with self._asking(host):
                yield None

    @contextmanager
    def _asking(self, host: Host) -> Iterator[None]:
        self._enter(host)
        new = not host.answers
        self._newcomers.under_way += new
        answers = True  # to refuse is to answer
        try:
            yield
        except Failed:
            answers = False
            raise
        finally:
            host.answers = answers
            self._newcomers.under_way -= new
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
