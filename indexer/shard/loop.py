"""Frames in, rows out: decode, verify, admit, plan, write, acknowledge."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from time import monotonic, time

import structlog

from indexer import metrics
from indexer.channel import Batch, ShardEnd
from indexer.database import DATABASE_ERRORS, is_witnessed, lost
from indexer.protocol.errors import BadFraming, Invalid
from indexer.protocol.event import Account, Event, Fetched, Part, Release
from indexer.protocol.frame import decode
from indexer.protocol.peek import peek
from indexer.protocol.synthetic import decode_synthetic
from indexer.shard import accounts
from indexer.shard.admission import Kept
from indexer.shard.keys import Keys
from indexer.shard.patience import patiently
from indexer.shard.refusal import Trial
from indexer.shard.release import release
from indexer.shard.trees import checked
from indexer.shard.writer import Writer

ALONE = (Part, Release)

log = structlog.get_logger()


@dataclass(slots=True)
class Loop:
    end: ShardEnd
    writer: Writer
    batch_events: int
    purge_at_once: bool  # nobody may be asked whether a deleted account is deleted
    keys: Keys | None = None  # None: signatures are not looked at
    check_trees: bool = False
    gather_s: float = 0.0  # that an event may wait for others
    busy_since: float | None = None  # by the monotonic clock, while a batch is in hand
    epoch: int = 0  # of the last batch taken

    async def run(self) -> None:
        """Until told to stop. What is queued then is left to the cursor."""
        while batches := await self.end.take(self.batch_events, self.gather_s):
            self.busy_since = monotonic()
            await self._take(batches)
            self.busy_since = None

    def __post_init__(self) -> None:
        self.writer.guard.tell = self._lost

    def _lost(self) -> None:
        """Whatever this epoch has written may be forgotten, also what is acknowledged."""
        if not self.end.stopping.is_set():
            metrics.RETRIES.labels("lost").inc()
            self.end.lost(self.epoch)

    async def _take(self, batches: Sequence[Batch]) -> None:
        last = batches[-1]
        try:
            if last.epoch > self.epoch:
                await self._begin(last)
            events, ops = await self._write([b for b in batches if b.epoch == last.epoch])
            self.writer.guard.check()
        except DATABASE_ERRORS as error:
            if not lost(error):
                raise
            log.warning("lost PostgreSQL", error=str(error) or type(error).__name__)
            self.writer.guard.trip()
        else:
            self.end.ack(last.epoch, last.id, events, ops)
            now = time()
            for batch in batches:
                waited_s = now - batch.frames[0][1] / 1e6
                metrics.RECEIPT_TO_COMMIT_SECONDS.observe(max(0.0, waited_s))

    async def _begin(self, batch: Batch) -> None:
        """The epoch of this batch. From here on the guard sees what is lost; whether anything was
        since the parent began it, perhaps before this process was there, its witness tells."""
        self.epoch = batch.epoch
        self.writer.guard.broken = False
        async with self.writer.pool.acquire() as connection:
            known = partial(is_witnessed, connection, batch.witness)
            if not await patiently(known):
                raise ConnectionResetError("PostgreSQL was lost since this epoch began")

    async def _write(self, batches: Sequence[Batch]) -> tuple[int, int]:
        """Returns how many events came, and how many ops were written."""
        events, kept = self._decode(batches)
        metrics.BATCH_EVENTS.observe(len(events))
        if kept:
            await patiently(lambda: self.writer.quarantine(kept))
        if self.keys is not None:
            events = await self.keys.verified(events)
        if self.check_trees:
            events = [checked(event) for event in events]
        trial = Trial(self.writer)
        for some in cut(events):
            await trial.write(some)
            await self._follow(trial, some[-1])
        for did in trial.crowded:
            await release(trial, did)
        count_refused([*kept, *trial.kept])
        return len(events) + len(kept), trial.ops

    async def _follow(self, trial: Trial, event: Event) -> None:
        """What becomes of an event that stood alone, behind its own transaction."""
        if self.purge_at_once and deletes(event):
            await accounts.purge(self.writer, event.did)
        if isinstance(event, Release):
            await release(trial, event.did, event.token)
        if isinstance(event, Part) and event.last:  # one before it may have been lost
            await release(trial, event.did, event.token, whole=True)

    def _decode(self, batches: Sequence[Batch]) -> tuple[list[Event], list[Kept]]:
        events: list[Event] = []
        kept: list[Kept] = []
        with metrics.DECODE_SECONDS.time():
            for batch in batches:
                for seq, received_us, data in batch.frames:
                    self.end.pulse.working_on(seq)
                    try:
                        event = (decode_synthetic if seq is None else decode)(data, received_us)
                    except Invalid as error:
                        kept.append(refused_frame(seq, data, error))
                    else:
                        if event is not None:
                            events.append(event)
            self.end.pulse.working_on(0)
        return events, kept


def cut(events: Sequence[Event]) -> Iterator[Sequence[Event]]:
    """Into what may be written together. Alone stands what is followed by more than its own
    transaction, and what was fetched stands among its like: its rules are others."""
    for _, some in groupby(events, _company):
        yield list(some)


def _company(event: Event) -> object:
    """Equal for neighbours that may be written together."""
    if isinstance(event, ALONE) or deletes(event):
        return object()
    return isinstance(event, Fetched)


def deletes(event: Event) -> bool:
    return isinstance(event, Account) and not event.active and event.status == "deleted"


def refused_frame(seq: int | None, data: bytes, error: Invalid) -> Kept:
    try:
        did = peek(data).did
    except BadFraming:
        did = None
    return Kept(seq, did, None, error.reason, error.detail, frame=data)


def count_refused(kept: Sequence[Kept]) -> None:
    for one in kept:
        metrics.REFUSED.labels(one.reason).inc()
