"""Reads the source, judges the order of what comes, and sends it on its way.

What it refuses: frames whose framing cannot be read drop the connection, and the same bytes coming
again are kept aside and passed; a seq not above the last one is passed over; an event without a seq
is kept aside. A stored cursor is never reset here, whatever the relay says of it: that its numbers
begin anew below the cursor is only said.
"""

import asyncio
from collections import Counter
from contextlib import aclosing
from time import monotonic

import structlog

from indexer import metrics
from indexer.config import Relay
from indexer.parent.backoff import Backoff
from indexer.parent.cursor import Cursor, Mark
from indexer.parent.dispatch import Dispatch
from indexer.parent.lane import Lane
from indexer.parent.ledger import Ledger
from indexer.parent.reading import Reading
from indexer.parent.source import Arrival, Interrupted, Source
from indexer.protocol.errors import BadFraming
from indexer.protocol.peek import Peek, notice, peek, usual_commit
from indexer.protocol.syntax import parse_datetime

KINDS = ("#commit", "#identity", "#account", "#sync")
OTHER = "other"
NOTICES = ("error", "#info")
MOST_SEQ = 2**53
# A connection that has brought so many, or for so long, and nothing above the cursor, will not.
MOST_BELOW, BELOW_S = 100, 10.0
MOST_SAID = 200  # characters of what a relay says
CAUSES = {"FutureCursor": "future_cursor", "ConsumerTooSlow": "too_slow"}

log = structlog.get_logger()


class Ingest:
    """The reading of one epoch: it begins where `cursor` stands."""

    def __init__(
        self,
        source: Source,
        settings: Relay,
        cursor: Cursor,
        lanes: list[Lane],
        ledger: Ledger,
        reading: Reading,
    ) -> None:
        self._source = source
        self._settings = settings
        self._cursor = cursor
        self._lanes = lanes
        self._ledger = ledger
        self._reading = reading
        self._owner = Dispatch(len(lanes)).shard
        self._backoff = Backoff(settings.backoff_first_s, settings.backoff_max_s)
        self._fresh = True
        self._outdated = False
        self._below = 0
        self._first_below_at = 0.0
        self._said_below = False
        self._count = {kind: metrics.EVENTS.labels(kind) for kind in (*KINDS, OTHER)}
        self._passed: Counter[str] = Counter()  # not yet in these

    async def run(self) -> None:
        """Until a source that ends has ended and all of it is committed; a relay never does."""
        while True:
            try:
                await self._read()
            except Interrupted as error:
                await self._wait(error)
            else:
                break
        for lane in self._lanes:
            lane.flush()
            await lane.empty()

    async def _read(self) -> None:
        """One connection."""
        self._fresh, self._outdated = True, False
        self._below, self._said_below = 0, False
        try:
            async with aclosing(self._source.frames(self._cursor.received.seq)) as frames:
                async for arrival in frames:
                    await self._take_all(arrival)
        finally:
            metrics.CONNECTED.set(0)
        if not self._source.finite:
            raise Interrupted("closed", f"{self._source.service} closed the connection")

    async def _wait(self, error: Interrupted) -> None:
        """Longer each time, until events flow again; slowly where only an operator can help."""
        metrics.RECONNECTS.labels(error.cause).inc()
        self._reading.reconnects += 1
        self._reading.trouble = str(error)
        wait_s = self._backoff.next_s()
        if error.cause == "future_cursor":
            wait_s = self._settings.backoff_max_s
        log.warning("not receiving", why=str(error), next_try_s=round(wait_s, 1))
        await asyncio.sleep(wait_s)

    async def _take_all(self, arrival: Arrival) -> None:
        """Nearly everything is a commit with the next number, and goes straight on."""
        received_us, frames = arrival
        self._reading.received_frames += len(frames)
        self._reading.received_bytes += sum(map(len, frames))
        most = self._settings.max_frame_bytes
        try:
            for data in frames:
                peeked = usual_commit(data)
                usual = peeked is not None and not self._fresh and len(data) <= most
                if peeked is None or not usual or not self._is_new(peeked.seq):
                    await self._take(received_us, data)
                elif (full := self._pass_on(peeked, received_us, data)) is not None:
                    await self._room(full)
        finally:
            for kind, times in self._passed.items():
                self._count[kind].inc(times)
            self._passed.clear()

    def _is_new(self, seq: int | None) -> bool:
        return seq is not None and seq > (self._cursor.received.seq or 0)

    async def _take(self, received_us: int, data: bytes) -> None:
        try:
            self._check_size(data)
            peeked = peek(data)
            said = notice(data) if peeked.kind in NOTICES else None
        except BadFraming as error:
            await self._bad(data, error)
            return
        if said is not None:
            self._hear(peeked.kind, *said)
        elif peeked.seq is None or not 0 < peeked.seq <= MOST_SEQ:
            await self._without_seq(peeked, data)
        elif not self._is_new(peeked.seq):
            metrics.REPEATED.inc()  # The event at the cursor once more, or a mistake of the relay.
            if self._fresh and not self._source.finite:
                self._look_below(peeked.seq)
        else:
            if self._fresh:
                await self._first(Mark(peeked.seq, peeked.time))
            if (full := self._pass_on(peeked, received_us, data)) is not None:
                await self._room(full)

    def _pass_on(self, peeked: Peek, received_us: int, data: bytes) -> Lane | None:
        """Returns the lane that has no room for more."""
        kind, seq, did, time = peeked
        assert seq is not None  # it was looked at
        self._reading.last_event_at = monotonic()
        if kind not in KINDS:
            self._passed[OTHER] += 1
            self._cursor.passed(seq, time)
            return None
        self._passed[kind] += 1
        shard = self._owner(did)
        self._cursor.sent(shard, seq, time)
        lane = self._lanes[shard]
        return None if lane.add((seq, received_us, data)) else lane

    def _look_below(self, seq: int) -> None:
        """A relay that was set up anew counts from the beginning, and few tell us so."""
        now = monotonic()
        if not self._below:
            self._first_below_at = now
        self._below += 1
        late = self._below >= MOST_BELOW or now - self._first_below_at > BELOW_S
        if not late or self._said_below:
            return
        self._said_below = True
        cursor = self._cursor.received.seq
        self._reading.trouble = (
            f"the relay sends {seq}, below our cursor {cursor}: "
            "if its numbers begin anew, only you can reset the cursor"
        )
        log.warning("receiving nothing new", why=self._reading.trouble)

    async def _room(self, lane: Lane) -> None:
        """Not reading is what holds the relay back."""
        metrics.HELD_BACK.inc()
        self._reading.held_by = lane.index
        try:
            await lane.room()
        finally:
            self._reading.held_by = None

    async def _first(self, mark: Mark) -> None:
        """Events flow. What lies between the last one and this one may be lost."""
        self._fresh = False
        self._backoff.reset()
        self._reading.trouble = None
        metrics.CONNECTED.set(1)
        before = self._cursor.received
        self._cursor.begin_before(mark.seq or 0)
        log.info("receiving", source=self._source.service, after=before.seq, first=mark.seq)
        reason = self._lost_between(before, mark)
        if reason is not None:
            metrics.GAPS.labels(reason).inc()
            self._reading.gaps += 1
            log.warning("events are lost", reason=reason, after=before, until=mark)
            await self._ledger.note_gap(before, mark, reason)

    def _lost_between(self, before: Mark, first: Mark) -> str | None:
        if not before.seq or self._source.finite:
            return None
        if self._outdated:
            return "outdated_cursor"
        left, came = parse_datetime(before.time), parse_datetime(first.time)
        if left is None or came is None:
            return None
        late = (came - left).total_seconds() > self._settings.gap_after_s
        return "late_first_event" if late else None

    async def _without_seq(self, peeked: Peek, data: bytes) -> None:
        if peeked.kind not in KINDS:
            self._count[OTHER].inc()
            return
        metrics.REFUSED.labels("bad_frame").inc()
        detail = f"no usable seq in {peeked.kind}, behind {self._cursor.received.seq}"
        await self._ledger.quarantine(data, "bad_frame", detail, seq=None, did=peeked.did)

    def _hear(self, kind: str, name: str, message: str) -> None:
        """Behind an error the relay closes, and a file goes on; anything else is information."""
        name, message = name[:MOST_SAID], message[:MOST_SAID]
        if kind == "error" and not self._source.finite:
            text = f"the relay says {name}: {message}"
            if name == "FutureCursor":
                text += f" (our cursor is {self._cursor.received.seq}; only you can reset it)"
            raise Interrupted(CAUSES.get(name, "error"), text)
        log.info("the relay says", name=name, message=message)
        self._outdated |= name == "OutdatedCursor"

    async def _bad(self, data: bytes, error: BadFraming) -> None:
        """The first time the bytes may have suffered on the way; then they are just bad."""
        times = self._reading.failed_before(data)
        if times == 0 and not self._source.finite:
            raise Interrupted("bad_framing", f"dropped the connection: {error}")
        metrics.REFUSED.labels(error.reason).inc()
        if times < 2:
            detail = f"{error.detail}, behind seq {self._cursor.received.seq}"
            await self._ledger.quarantine(data, error.reason, detail, seq=None, did=None)

    def _check_size(self, data: bytes) -> None:
        most = self._settings.max_frame_bytes
        if len(data) > most:
            raise BadFraming(f"{len(data)} bytes where {most} are allowed")
