"""The parent's own work: what is read goes to the shards, what they acknowledge moves the cursor.

It runs in epochs. In one, everything received and not committed is in this process's memory, and a
dead shard costs nothing. When a shard or the parent lost PostgreSQL, which may then have forgotten
what it had committed, nothing in memory counts: the next epoch begins from the stored cursor.
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, time
from typing import Any

import structlog

from indexer import metrics
from indexer.channel import Message
from indexer.config import Config
from indexer.database import DATABASE_ERRORS, AlreadyHeld, passes
from indexer.parent.backoff import Backoff
from indexer.parent.cursor import Cursor, Mark
from indexer.parent.dispatch import Dispatch
from indexer.parent.ingest import Ingest
from indexer.parent.lane import Lane
from indexer.parent.ledger import Ledger
from indexer.parent.reading import Reading
from indexer.parent.source import Source
from indexer.postgres import NoPostgres
from indexer.protocol.peek import peek

STEADY_S = 30.0

log = structlog.get_logger()


class Parent:
    def __init__(
        self, config: Config, source: Source, name: str, revive: Callable[[], None]
    ) -> None:
        """`name` is what PostgreSQL calls our connection, and the holder of our lock; `revive` is
        called when PostgreSQL was lost, and starts it again where it is ours to start. It is always
        called on the same thread, which lives as long as we do: a server dies with the thread that
        started it."""
        self.source = source
        self.epoch = 0
        self.database_trouble: str | None = None
        self.reading = Reading(config.relay.idle_timeout_s)
        self.lanes = [Lane(index, config.shards) for index in range(config.shards.total())]
        self.events = [0] * len(self.lanes)
        self.ops = [0] * len(self.lanes)
        self.cursor = Cursor(len(self.lanes), Mark(None, None))
        self.saved = Mark(None, None)
        self._config = config
        self._name = name
        self._revive = revive
        self._reviver = ThreadPoolExecutor(1, "revive")
        self._owner = Dispatch(len(self.lanes)).shard
        first = config.relay.start_cursor
        self._unsaved_start = Mark(None if first == "live" else first, None)
        self._ledger: Ledger | None = None
        self._begun = asyncio.Event()
        self._forgotten = asyncio.Event()
        self._suspects: dict[int, int] = {}

    async def open(self) -> None:
        """Raises AlreadyHeld when another indexer serves this source into this database."""
        url = self._config.database.url
        self._ledger = await Ledger.open(url, self.source.service, self._name)

    async def run(self) -> None:
        """Until the source has ended and all of it is committed. Cancel it to stop reading."""
        backoff = Backoff(0.2, self._config.relay.backoff_max_s)
        while True:
            began = monotonic()
            ledger = await self._reach()
            if ledger is not None:
                try:
                    if await self._run_epoch(ledger):
                        return
                    why = "our connection broke" if ledger.lost.is_set() else "a shard lost it"
                except DATABASE_ERRORS as error:
                    if not passes(error):
                        raise
                    why = str(error) or type(error).__name__
                    ledger.lost.set()
                self._forget(why)
            if monotonic() - began > STEADY_S:
                backoff.reset()
            await asyncio.sleep(backoff.next_s())

    async def close(self) -> None:
        """Saves the cursor once more. Nothing may be in the lanes that will yet be acknowledged."""
        ledger = self._ledger
        if ledger is None:
            return
        try:
            await self._save(ledger)
        except DATABASE_ERRORS as error:
            log.warning("cannot save the cursor", error=str(error))
        await ledger.close()

    def heard(self, shard: int, message: Message) -> None:
        """What a shard says, as far as it concerns what is read."""
        match message:
            case ("ack", int(epoch), int(batch_id), int(events), int(ops)):
                self.events[shard] += events
                self.ops[shard] += ops
                seq = self.lanes[shard].acked(epoch, batch_id)
                if seq is not None:
                    self.cursor.done(shard, seq)
            case ("lost", epoch) if epoch == self.epoch:
                self._forgotten.set()

    async def offer(self, frame: bytes) -> None:
        """Dispatches a synthetic frame like any other; waits for room."""
        lane = self.lanes[self._owner(peek(frame).did)]
        await self._begun.wait()
        await lane.room()
        metrics.SYNTHETIC.inc()
        lane.add((None, int(time() * 1_000_000), frame))

    async def examine(self, shard: int, suspect: int) -> None:
        """A shard died while it decoded this one (0: none). The second time, it is kept aside."""
        before = self._suspects.pop(shard, 0)
        if not suspect:
            return
        if suspect != before:
            self._suspects[shard] = suspect
            return
        metrics.REFUSED.labels("crashed_decoder").inc()
        cursor, ledger = self.cursor, self._ledger  # The next epoch may begin meanwhile.
        for seq, _, frame in self.lanes[shard].drop(suspect):
            log.error("a frame takes its decoder down, and is kept aside", seq=seq, shard=shard)
            kept = ledger is not None and await self._keep_aside(ledger, seq, frame)
            if kept and seq is not None:
                cursor.dropped(shard, seq)

    @property
    def lag_s(self) -> float:
        """Age of the oldest frame that is not committed, by our own clock."""
        oldest = min((us for lane in self.lanes if (us := lane.oldest_us)), default=None)
        return 0.0 if oldest is None else max(0.0, time() - oldest / 1_000_000)

    async def _reach(self) -> Ledger | None:
        """A ledger on a live connection, with the lock; None when it cannot be had yet."""
        if self._ledger is not None and not self._ledger.lost.is_set():
            return self._ledger
        if self._ledger is not None:
            await self._ledger.close()
            self._ledger = None
        try:
            await asyncio.get_running_loop().run_in_executor(self._reviver, self._revive)
            await self.open()
        except (AlreadyHeld, NoPostgres) as error:  # It did start once: a full disk passes.
            self._wait_because(str(error))
        except DATABASE_ERRORS as error:
            if not passes(error):
                raise
            self._wait_because(f"PostgreSQL is unreachable: {str(error) or type(error).__name__}")
        return self._ledger

    def _wait_because(self, trouble: str) -> None:
        self.database_trouble = trouble
        log.warning("waiting for PostgreSQL", why=trouble)

    async def _run_epoch(self, ledger: Ledger) -> bool:
        """True when the source has ended, False when memory no longer counts."""
        await self._begin(ledger)
        ingest = Ingest(
            self.source, self._config.relay, self.cursor, self.lanes, ledger, self.reading
        )
        reading = asyncio.create_task(ingest.run())
        others: list[Coroutine[Any, Any, object]] = [
            self._keep_saving(ledger),
            ledger.lost.wait(),
            self._forgotten.wait(),
        ]
        tasks = [reading, *(asyncio.create_task(other) for other in others)]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            return reading in done
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _begin(self, ledger: Ledger) -> None:
        start = await ledger.start() or self._unsaved_start
        self.epoch += 1
        self.cursor = Cursor(len(self.lanes), start)
        self.saved = start
        for lane in self.lanes:
            lane.begin(self.epoch, ledger.witness)
        self.database_trouble = None
        self._forgotten.clear()
        self._begun.set()
        metrics.EPOCH.set(self.epoch)
        log.info("begin", source=self.source.service, cursor=start.seq, epoch=self.epoch)

    def _forget(self, why: str) -> None:
        """The first start is kept for good: PostgreSQL may forget also that a cursor was saved."""
        self._begun.clear()
        if self._unsaved_start.seq is None:
            self._unsaved_start = self.cursor.start
        self.cursor = Cursor(len(self.lanes), Mark(None, None))
        self.database_trouble = f"PostgreSQL was lost: {why}"
        log.warning("lost PostgreSQL, going back to the stored cursor", why=why)

    async def _keep_saving(self, ledger: Ledger) -> None:
        while True:
            await asyncio.sleep(self._config.cursor.save_every_s)
            await self._save(ledger)

    async def _save(self, ledger: Ledger) -> None:
        if self._forgotten.is_set():
            return
        safe = self.cursor.safe
        if safe.seq is not None and safe.seq != self.saved.seq:
            await ledger.save(safe)
            self.saved = safe

    async def _keep_aside(self, ledger: Ledger, seq: int | None, frame: bytes) -> bool:
        """Whether that succeeded."""
        detail = "the process that decoded it died, twice"
        try:
            did = peek(frame).did
            await ledger.quarantine(frame, "crashed_decoder", detail, seq=seq, did=did)
        except DATABASE_ERRORS as error:
            if not passes(error):
                raise
            self._forgotten.set()  # It will come again, and be kept aside then.
            return False
        return True
