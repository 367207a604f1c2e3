"""The last minutes, second by second, and the last hour, minute by minute: all that is remembered
of how it went. Bounded; it knows no clock of its own."""

from collections import deque
from itertools import pairwise
from typing import Any, NamedTuple

SECONDS, MINUTES = 300, 60
MINUTE_S = 60.0
TREND_S = 60  # what is behind is judged by so much
DAY_S = 86_400
KEEPS_UP_S = 30.0  # nobody is behind who is no more than this


class Second(NamedTuple):
    """What there was of everything at `at`, by a clock that only goes forward."""

    at: float
    events: int
    ops: int
    lag_s: float
    behind_s: float | None


class Minute(NamedTuple):
    at: float
    bytes: int
    """Of the database."""
    pending: int
    refused: int


class History:
    def __init__(self) -> None:
        self._seconds: deque[Second] = deque(maxlen=SECONDS + 1)
        self._minutes: deque[Minute] = deque(maxlen=MINUTES + 1)
        self._newest: Minute | None = None

    def add(self, second: Second) -> None:
        self._seconds.append(second)

    def add_facts(self, minute: Minute) -> None:
        """As often as there is one: it is kept once a minute, and the newest."""
        if not self._minutes or minute.at - self._minutes[-1].at >= MINUTE_S:
            self._minutes.append(minute)
        self._newest = minute

    def seconds(self) -> dict[str, list[Any]]:
        """The oldest first, an entry for every second; rates are of that second."""
        steps = list(pairwise(self._seconds))
        return {
            "events": [_rate(b.events - a.events, b.at - a.at) for a, b in steps],
            "ops": [_rate(b.ops - a.ops, b.at - a.at) for a, b in steps],
            "lag_s": [round(second.lag_s, 2) for _, second in steps],
            "behind_s": [second.behind_s for _, second in steps],
        }

    def minutes(self) -> dict[str, list[int]]:
        """The oldest first, an entry for every minute, and one for now."""
        entries = self._all_minutes()
        return {
            "bytes": [entry.bytes for entry in entries],
            "pending": [entry.pending for entry in entries],
            "refused": [entry.refused for entry in entries],
        }

    def growth_per_day(self) -> int | None:
        """Bytes, by what was seen in the last hour; None before there are two looks."""
        entries = self._all_minutes()
        if len(entries) < 2:
            return None
        first, last = entries[0], entries[-1]
        return round((last.bytes - first.bytes) / (last.at - first.at) * DAY_S)

    def catching_up(self) -> dict[str, float | None] | None:
        """None when it keeps up, or nobody knows. `speed` is in seconds of the source a second;
        `left_s` is None where the distance does not shrink."""
        known = [second for second in self._seconds if second.behind_s is not None]
        if len(known) < 2 or (known[-1].behind_s or 0.0) <= KEEPS_UP_S:
            return None
        last = known[-1]
        first = next(second for second in known if last.at - second.at <= TREND_S)
        elapsed = last.at - first.at
        if not elapsed:
            return None
        gained = ((first.behind_s or 0.0) - (last.behind_s or 0.0)) / elapsed
        left_s = (last.behind_s or 0.0) / gained if gained > 0.01 else None
        return {"speed": round(gained + 1, 2), "left_s": left_s and round(left_s)}

    def _all_minutes(self) -> list[Minute]:
        newest = self._newest
        kept = list(self._minutes)
        return [*kept, newest] if newest is not None and newest is not kept[-1] else kept


def _rate(count: int, elapsed_s: float) -> int:
    return round(count / max(elapsed_s, 0.001))
