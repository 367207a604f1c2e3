"""What the children's own metrics say, asked only while somebody looks, and seldom then.

Whoever looks is told what was heard last and waits for nobody.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import NamedTuple

import aiohttp

from indexer.supervisor.child import Child

EVERY_S, ANSWER_S = 4.0, 2.0
OLD_S = 15.0  # what was heard so long ago says nothing about now
LATENCY, BATCH, WRITE = (
    "indexer_receipt_to_commit_seconds",
    "indexer_batch_events",
    "indexer_write_seconds",
)
CPU, MEMORY = "process_cpu_seconds_total", "process_resident_memory_bytes"
MEANS = tuple(f"{name}_{part}" for name in (BATCH, WRITE) for part in ("sum", "count"))
WANTED = (LATENCY, *MEANS, CPU, MEMORY)
_BOUND = re.compile(r'_bucket\{le="([^"]+)"\}')

Figures = Mapping[str, float]
"""Values by the metric's whole name, labels included."""


class Heard(NamedTuple):
    at: float
    pid: int
    figures: Figures


class Looker:
    def __init__(self, host: str, children: Sequence[Child]) -> None:
        self._host = f"[{host}]" if ":" in host else host
        self._children = children
        self._heard: dict[str, Heard] = {}
        self._before: dict[str, Heard] = {}
        self._asked_at = -EVERY_S
        self._asking: asyncio.Task[None] | None = None

    def look(self) -> dict[str, dict[str, float | None]]:
        """By the name of the child: `batch_events` and `write_ms`, the means of its transactions
        since the look before, `cpu` (of one core) and `memory_bytes`."""
        self._ask_again()
        now = monotonic()
        recent = {name: heard for name, heard in self._heard.items() if now - heard.at < OLD_S}
        return {name: self._told(name, heard) for name, heard in recent.items()}

    def latency(self) -> dict[str, float | None]:
        """Seconds from receipt to commit, over all shards, since the look before."""
        summed: Counter[str] = Counter()
        for name, heard in self._heard.items():
            if monotonic() - heard.at < OLD_S:
                summed.update(since(self._earlier(name, heard), heard.figures))
        return {"p50_s": quantile(summed, LATENCY, 0.5), "p99_s": quantile(summed, LATENCY, 0.99)}

    async def close(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait([self._asking])

    def _ask_again(self) -> None:
        done = self._asking is None or self._asking.done()
        if done and monotonic() - self._asked_at >= EVERY_S:
            self._asked_at = monotonic()
            self._asking = asyncio.create_task(self._ask())

    async def _ask(self) -> None:
        timeout = aiohttp.ClientTimeout(total=ANSWER_S)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            await asyncio.gather(*(self._ask_one(session, child) for child in self._children))

    async def _ask_one(self, session: aiohttp.ClientSession, child: Child) -> None:
        """A child that does not answer is told of no more, when what it said is old."""
        if child.port is None or child.pid is None:
            return
        name, pid = child.name, child.pid
        try:
            async with session.get(f"http://{self._host}:{child.port}/metrics") as answer:
                figures = read(await answer.text())
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return
        if name in self._heard:
            self._before[name] = self._heard[name]
        self._heard[name] = Heard(monotonic(), pid, figures)

    def _told(self, name: str, heard: Heard) -> dict[str, float | None]:
        before = self._before.get(name)
        change = since(self._earlier(name, heard), heard.figures)
        write_s, cpu = mean(change, WRITE), None
        if before is not None and before.pid == heard.pid and CPU in change:
            cpu = round(change[CPU] / (heard.at - before.at), 3)
        return {
            "batch_events": mean(change, BATCH),
            "write_ms": None if write_s is None else write_s * 1000,
            "cpu": cpu,
            "memory_bytes": heard.figures.get(MEMORY),
        }

    def _earlier(self, name: str, heard: Heard) -> Figures:
        """What is counted from: a process that is new began with nothing."""
        before = self._before.get(name)
        return before.figures if before is not None and before.pid == heard.pid else {}


def read(text: str) -> dict[str, float]:
    """Only what is wanted: a full parser takes longer than everything else here."""
    pairs = (line.rsplit(" ", 1) for line in text.splitlines() if line.startswith(WANTED))
    return {name: float(value) for name, value in pairs}


def since(before: Figures, now: Figures) -> dict[str, float]:
    return {name: value - before.get(name, 0.0) for name, value in now.items()}


def quantile(figures: Figures, histogram: str, share: float) -> float | None:
    """Where so large a share lies below, taken evenly within a bucket; None without any."""
    buckets = sorted(
        (float(found[1]), count)
        for name, count in figures.items()
        if name.startswith(histogram) and (found := _BOUND.search(name))
    )
    if not buckets or buckets[-1][1] <= 0:
        return None
    wanted = share * buckets[-1][1]
    low, below = 0.0, 0.0
    for bound, count in buckets:
        if count >= wanted:
            within = (wanted - below) / (count - below) if count > below else 1.0
            return low if bound == float("inf") else low + (bound - low) * within
        low, below = bound, count
    return low


def mean(figures: Figures, histogram: str) -> float | None:
    count = figures.get(f"{histogram}_count")
    return figures[f"{histogram}_sum"] / count if count else None
