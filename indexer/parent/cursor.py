"""The highest event such that it and all before it are safely in PostgreSQL.

Each shard finishes its own events in order; shards finish at different speeds. The cursor may only
pass an event once its shard has, so it trails the slowest shard and never the fastest. An idle
shard does not hold it back, nor do events that no shard is sent. It holds as many entries as
events are unacknowledged. Restarting from it repeats work and never skips any.
"""

from collections import deque
from typing import NamedTuple


class Mark(NamedTuple):
    """A place in the source: the event's seq, None before the first, and its time as it said."""

    seq: int | None
    time: str | None


class Cursor:
    def __init__(self, shards: int, start: Mark) -> None:
        self._in_flight: list[deque[tuple[int, Mark]]] = [deque() for _ in range(shards)]
        self.start = self.received = start

    def begin_before(self, seq: int) -> None:
        """The source begins with this event. Where nothing came before, that is a place too: to
        begin "now" once more would lose what came since."""
        if self.received.seq is None:
            self.start = self.received = Mark(seq - 1, None)

    def sent(self, shard: int, seq: int, time: str | None) -> None:
        """With every event in flight stands the one before it, where the cursor may stand."""
        self._in_flight[shard].append((seq, self.received))
        self.received = Mark(seq, time)

    def passed(self, seq: int, time: str | None) -> None:
        """There is nothing to do for this event, or it was kept aside."""
        self.received = Mark(seq, time)

    def done(self, shard: int, seq: int) -> None:
        """The shard has committed everything it was sent up to and with seq."""
        waiting = self._in_flight[shard]
        while waiting and waiting[0][0] <= seq:
            waiting.popleft()

    def dropped(self, shard: int, seq: int) -> None:
        """This one event was kept aside, those before it perhaps not done yet."""
        waiting = self._in_flight[shard]
        self._in_flight[shard] = deque(entry for entry in waiting if entry[0] != seq)

    @property
    def safe(self) -> Mark:
        oldest = min((waiting[0] for waiting in self._in_flight if waiting), default=None)
        return self.received if oldest is None else oldest[1]
