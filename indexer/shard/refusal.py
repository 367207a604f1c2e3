"""What to do when PostgreSQL refuses a batch.

A deadlock is tried again. So is a server without room, for as long as it takes. Data that it cannot
store is searched for by halving: the batch by commits, the guilty commit by its ops. The guilty op
is kept aside with its reason and the rest of its commit is written. Everything else is corruption
or a mistake of ours, and ends the process.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import structlog
from asyncpg import (
    DataError,
    DeadlockDetectedError,
    InsufficientResourcesError,
    IntegrityConstraintViolationError,
    PostgresError,
    ProgramLimitExceededError,
    SerializationError,
)
from prometheus_client import Counter

from indexer import metrics
from indexer.protocol.event import Commit, Event, Refused
from indexer.protocol.op import Op
from indexer.records import RECORDS
from indexer.shard.admission import Kept
from indexer.shard.writer import Writer

log = structlog.get_logger()

GUILTY = (DataError, IntegrityConstraintViolationError, ProgramLimitExceededError)
CROSSED = (DeadlockDetectedError, SerializationError)
REASON = "refused_by_database"


@dataclass(slots=True)
class Trial:
    """Writes a batch by and by, and remembers what was kept aside."""

    writer: Writer
    ops: int = 0
    kept: list[Kept] = field(default_factory=list)

    async def write(self, events: Sequence[Event]) -> None:
        try:
            await self._until_there_is_room(events)
        except GUILTY as error:
            metrics.RETRIES.labels("refused").inc()
            if len(events) > 1:
                half = len(events) // 2
                await self.write(events[:half])
                await self.write(events[half:])
            else:
                await self._keep_aside(events[0], error)

    async def _until_there_is_room(self, events: Sequence[Event]) -> None:
        delay = 0.01
        while True:
            try:
                await self._once(events)
            except CROSSED as error:
                metrics.RETRIES.labels("crossed").inc()
                log.info("crossed another transaction", error=str(error))
            except InsufficientResourcesError as error:
                metrics.RETRIES.labels("no_room").inc()
                log.error("PostgreSQL has no room", error=str(error), next_try_s=delay)
            else:
                return
            await asyncio.sleep(delay)
            delay = min(delay * 2, 10)

    async def _once(self, events: Sequence[Event]) -> None:
        async with self.writer.transaction(event.did for event in events) as known:
            admitted = known.admits(events)
            kept = await known.write(admitted)
        self.kept.extend(kept)
        self.ops += len(admitted.ops)
        for op in admitted.ops:
            _written(op.uri.collection, op.action).inc()

    async def _keep_aside(self, event: Event, error: PostgresError) -> None:
        if not isinstance(event, Commit) or not event.ops:
            kept = [Kept(event.seq, event.did, None, REASON, _said(error))]
            await self.writer.quarantine(kept)
            self.kept.extend(kept)
            return
        refused = [r for op in event.ops if (r := await self._try_alone(event, op)) is not None]
        guilty = {r.uri for r in refused} or {op.uri for op in event.ops}
        rest = tuple(op for op in event.ops if op.uri not in guilty)
        refused = refused or [Refused(op.uri, REASON, _said(error), op.block) for op in event.ops]
        await self._until_there_is_room(
            [replace(event, ops=rest, refused=(*event.refused, *refused))]
        )

    async def _try_alone(self, commit: Commit, op: Op) -> Refused | None:
        """Whether PostgreSQL refuses this op. Nothing is written."""
        try:
            async with self.writer.transaction([commit.did]) as known:
                await known.write(known.admits([replace(commit, ops=(op,), refused=())]))
                raise _Undo
        except _Undo:
            return None
        except GUILTY as error:
            return Refused(op.uri, REASON, _said(error), op.block)


@lru_cache(maxsize=1000)
def _written(collection: str, action: str) -> Counter:
    """Bounded: what the network may invent is "other"."""
    if collection not in RECORDS:
        return metrics.OPS.labels("other", action)
    return metrics.OPS.labels(collection, action)


class _Undo(Exception):
    """Leaves a transaction without a trace."""


def _said(error: PostgresError) -> str:
    return f"{type(error).__name__}: {error}"
