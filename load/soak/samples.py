"""What is seen every few seconds, as JSON lines; and what it says of memory."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from statistics import linear_regression, median
from typing import Any, NamedTuple

import asyncpg
import orjson

from load.chaos.service import Life
from load.network import Running
from load.soak import ledger
from load.soak.seen import look
from load.soak.weather import Weather

OUTCOMES = ("fetches_total", "resyncs_total", "http_requests_total", "resolutions_total")
STATES = ("held_commits_total", "restarts_total", "http_hosts", "http_resting", "fetching")
WHAT = (*OUTCOMES, *STATES, "pending_", "resyncing", "synthetic_frames_total", "refused_total")

Sample = dict[str, Any]


class Samples:
    def __init__(
        self, life: Life, connection: asyncpg.Connection, there: Running, weather: Weather
    ) -> None:
        self.taken: list[Sample] = []
        self._life, self._connection = life, connection
        self._there, self._weather = there, weather
        self._began = time.monotonic()

    async def run(self, file: Path, every_s: float, show: Callable[[Sample], None]) -> None:
        """Until it is cancelled."""
        with file.open("ab") as lines:
            while True:
                if sample := await self.take():
                    lines.write(orjson.dumps(sample) + b"\n")
                    lines.flush()
                    show(sample)
                await asyncio.sleep(every_s)

    async def take(self) -> Sample | None:
        seen = await look(self._life)
        if seen is None:
            return None
        sample = {
            "at_s": round(time.monotonic() - self._began, 1),
            "rss_mb": seen.rss,
            "files": seen.files,
            "rows": await ledger.sizes(self._connection),
            "asked": {name: host.asked.total() for name, host in self._there.hosts.items()},
            "busiest": {name: host.busiest for name, host in self._there.hosts.items()},
            "weather": list(self._weather.blowing),
            "metrics": {k: v for k, v in seen.metrics.items() if k.startswith(WHAT)},
        }
        self.taken.append(sample)
        return sample


class Memory(NamedTuple):
    """In megabytes: medians of the second and of the last quarter; the slope of the last half."""

    before: float
    after: float
    most: float
    per_h: float


def memory(taken: list[Sample], process: str) -> Memory | None:
    """None where there are too few samples to say anything."""
    points = [(s["at_s"], s["rss_mb"][process]) for s in taken if process in s["rss_mb"]]
    quarter = len(points) // 4
    if quarter < 2:
        return None
    sizes = [rss for _, rss in points]
    times, late = zip(*points[2 * quarter :], strict=True)
    slope = linear_regression(times, late).slope * 3600
    return Memory(median(sizes[quarter : 2 * quarter]), median(sizes[-quarter:]), max(sizes), slope)
