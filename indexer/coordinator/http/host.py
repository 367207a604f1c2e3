"""What is remembered of each host: how it has been failing, and who is asking it now.

After some failures in a row a host rests; then one request, the probe, decides whether it goes on.
A host that says when to come again (Retry-After) rests until then. The memory is bounded: the host
not asked for longest is forgotten, with its failures.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cachebox import LRUCache

from indexer.config import Http
from indexer.coordinator.http.errors import Failed, Resting

Clock = Callable[[], float]

MOST_HOSTS = 10_000


class Host:
    def __init__(self, name: str, limits: Http, clock: Clock) -> None:
        self.name = name
        self.slots = asyncio.Semaphore(limits.at_once_per_host)
        self.answers = False  # the last time it was asked
        self._limits = limits
        self._clock = clock
        self._failures = 0
        self._resting_until = 0.0
        self._probing = False

    @property
    def resting(self) -> bool:
        return self._clock() < self._resting_until

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Learns from what happens in the block, which may meet the failures of other hosts too.
        Raises `Resting` in its place."""
        probe = self._admit()
        try:
            yield
        except Failed as error:
            if error.host == self.name:
                self._failed(error.again_in_s)
            raise
        else:
            self.answers = True
            self._failures = 0  # a rest goes on: another request may just have been told to wait
        finally:
            if probe:
                self._probing = False

    def _admit(self) -> bool:
        """Whether this request is the probe."""
        if self.resting:
            raise Resting(self.name, "is left alone", self._resting_until - self._clock())
        probe = self._failures >= self._limits.rest_after
        if probe and self._probing:
            raise Resting(self.name, "is being tried by another request")
        self._probing = self._probing or probe
        return probe

    def _failed(self, again_in_s: float | None) -> None:
        self.answers = False
        self._failures += 1
        rest_s = self._limits.rest_s if self._failures >= self._limits.rest_after else 0.0
        if again_in_s is not None:
            rest_s = max(rest_s, again_in_s)
        self._resting_until = max(self._resting_until, self._clock() + rest_s)


class Hosts:
    def __init__(self, limits: Http, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._known: LRUCache[str, Host] = LRUCache(MOST_HOSTS)

    def __getitem__(self, name: str) -> Host:
        host = self._known.get(name)
        if host is None:
            host = self._known[name] = Host(name, self._limits, self._clock)
        return host

    def __len__(self) -> int:
        return len(self._known)

    def count_resting(self) -> int:
        return sum(host.resting for host in self._known.values())
