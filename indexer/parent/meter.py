"""How fast it goes: rates over the last seconds, gauges, and a line in the log now and then."""

import asyncio
from collections import deque
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import NamedTuple

import structlog

from indexer import metrics
from indexer.config import Config
from indexer.database import DATABASE_ERRORS
from indexer.database.facts import Facts, gather_facts
from indexer.parent.history import History, Minute, Second
from indexer.parent.process import Parent
from indexer.protocol.syntax import parse_datetime

WINDOW_S = 10
REPO_STATES = ("synchronized", "partial", "desynchronized", "fetching")

log = structlog.get_logger()


class Sample(NamedTuple):
    at: float
    frames: int
    bytes: int
    events: list[int]
    ops: list[int]


class Meter:
    def __init__(self, parent: Parent, config: Config) -> None:
        self.facts: Facts | None = None
        self.trouble: str | None = None
        """Why the facts are old."""
        self.history = History()
        self.began_at = monotonic()
        self._parent = parent
        self._config = config
        self._samples = deque([self._sample()], maxlen=WINDOW_S + 1)
        _bind(parent)

    async def run(self) -> None:
        """Samples every second, says so every `log.every_s`, however long PostgreSQL takes."""
        await asyncio.gather(self._keep_sampling(), self._keep_asking())

    async def _keep_sampling(self) -> None:
        due = monotonic() + self._config.log.every_s
        while True:
            await asyncio.sleep(1)
            now = self._sample()
            self._count(self._samples[-1], now)
            self._remember(now)
            if monotonic() >= due:
                due = monotonic() + self._config.log.every_s
                self._say()

    async def _keep_asking(self) -> None:
        while True:
            await self._ask()
            await asyncio.sleep(self._config.log.every_s)

    async def _ask(self) -> None:
        """What PostgreSQL said last stays when it does not answer."""
        url, service = self._config.database.url, self._parent.source.service
        try:
            self.facts = await gather_facts(url, service)
            self.trouble = None
            _tell(self.facts)
            self.history.add_facts(_minute(self.facts))
        except DATABASE_ERRORS as error:
            why = str(error) or type(error).__name__
            self.trouble = f"PostgreSQL does not say what waits: {why}"
            log.warning("cannot count what waits", why=why)

    def rates(self) -> list[tuple[float, float]]:
        """Events and ops a second, for every shard."""
        first, last = self._samples[0], self._sample()
        elapsed = max(last.at - first.at, 0.001)
        return [
            ((last.events[n] - first.events[n]) / elapsed, (last.ops[n] - first.ops[n]) / elapsed)
            for n in range(len(last.events))
        ]

    def _sample(self) -> Sample:
        parent, reading = self._parent, self._parent.reading
        return Sample(
            monotonic(),
            reading.received_frames,
            reading.received_bytes,
            list(parent.events),
            list(parent.ops),
        )

    def _count(self, before: Sample, now: Sample) -> None:
        """Counting every frame where it is read would cost as much as looking into it."""
        metrics.FRAMES.inc(now.frames - before.frames)
        metrics.FRAME_BYTES.inc(now.bytes - before.bytes)
        self._samples.append(now)

    def _remember(self, now: Sample) -> None:
        parent = self._parent
        behind = None if parent.source.finite else behind_s(parent)
        self.history.add(Second(now.at, sum(now.events), sum(now.ops), parent.lag_s, behind))

    def _say(self) -> None:
        rates = self.rates()
        facts = self.facts
        log.info(
            "indexing",
            events_s=round(sum(rate[0] for rate in rates)),
            ops_s=round(sum(rate[1] for rate in rates)),
            lag_s=round(self._parent.lag_s, 1),
            behind_s=behind_s(self._parent),
            cursor=self._parent.cursor.safe.seq,
            pending=sum(facts["pending"].values()) if facts else None,
            refused=sum(facts["quarantine"].values()) if facts else None,
        )


def behind_s(parent: Parent) -> float | None:
    """Our clock less the time that the last event received names."""
    came = parse_datetime(parent.cursor.received.time)
    return None if came is None else round((datetime.now(UTC) - came).total_seconds(), 1)


def _minute(facts: Facts) -> Minute:
    pending, refused = sum(facts["pending"].values()), sum(facts["quarantine"].values())
    return Minute(monotonic(), facts["bytes"], pending, refused)


def _tell(facts: Facts) -> None:
    for state in REPO_STATES:
        metrics.REPOS.labels(state).set(facts["repos"].get(state, 0))
    for what, count in facts["resyncs"].items():
        metrics.RESYNCS_QUEUED.labels(what).set(count)


def _bind(parent: Parent) -> None:
    """Gauges that are asked for when somebody looks."""
    metrics.CURSOR.set_function(lambda: parent.cursor.safe.seq or 0)
    metrics.RECEIVED_SEQ.set_function(lambda: parent.cursor.received.seq or 0)
    metrics.LAG_SECONDS.set_function(lambda: parent.lag_s)
    metrics.FRAME_LAG_SECONDS.set_function(lambda: behind_s(parent) or 0.0)
    for lane in parent.lanes:
        shard = str(lane.index)
        metrics.UNACKED_FRAMES.labels(shard).set_function(partial(getattr, lane, "frames"))
        metrics.UNACKED_BYTES.labels(shard).set_function(partial(getattr, lane, "bytes"))
