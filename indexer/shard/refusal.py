"""What to do when PostgreSQL refuses a batch.

Data that it cannot store is searched for by halving: the batch by commits, the guilty commit by its
ops. The guilty op is kept aside with its reason and the rest of its commit is written. What is no
fault of the data is tried again (`patience`) or, being corruption or a mistake of ours, ends the
process.
"""

from collections import Counter as Counted
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from asyncpg import (
    DataError,
    IntegrityConstraintViolationError,
    PostgresError,
    ProgramLimitExceededError,
)
from msgspec.structs import replace
from prometheus_client import Counter

from indexer import metrics
from indexer.protocol.event import Changes, Event, Refused
from indexer.protocol.op import Op
from indexer.records import RECORDS
from indexer.shard.admission import Kept
from indexer.shard.patience import patiently
from indexer.shard.writer import Writer

GUILTY = (DataError, IntegrityConstraintViolationError, ProgramLimitExceededError)
REASON = "refused_by_database"


@dataclass(slots=True)
class Trial:
    """Writes a batch by and by, and remembers what was kept aside."""

    writer: Writer
    ops: int = 0
    kept: list[Kept] = field(default_factory=list)
    crowded: set[str] = field(default_factory=set)  # DIDs of which too much is held back

    async def write(self, events: Sequence[Event]) -> None:
        try:
            await patiently(lambda: self._once(events))
        except GUILTY as error:
            metrics.RETRIES.labels("refused").inc()
            if len(events) > 1:
                half = len(events) // 2
                await self.write(events[:half])
                await self.write(events[half:])
            else:
                await self._keep_aside(events[0], error)

    async def _once(self, events: Sequence[Event]) -> None:
        async with self.writer.transaction(event.did for event in events) as known:
            admitted = known.admits(events)
            kept = await known.write(admitted)
        self.kept.extend(kept)
        self.crowded.update(repo.did for repo in known.repos.values() if repo.crowded)
        self.ops += len(admitted.ops)
        written = Counted((op.uri.collection, op.action) for op in admitted.ops)
        for (collection, action), times in written.items():
            _written(collection, action).inc(times)

    async def _keep_aside(self, event: Event, error: PostgresError) -> None:
        if not isinstance(event, Changes) or not event.ops:
            kept = [Kept(event.seq, event.did, None, REASON, said(error))]
            await self.writer.quarantine(kept)
            self.kept.extend(kept)
            return
        refused = [
            found for op in event.ops if (found := await self._try_alone(event, op)) is not None
        ]
        guilty = {found.uri for found in refused}
        rest = tuple(op for op in event.ops if op.uri not in guilty)
        without = replace(event, ops=rest, refused=(*event.refused, *refused))
        if not refused or not await self._stored(without):
            await patiently(lambda: self._once([_nothing_of(event, error)]))

    async def _stored(self, commit: Changes) -> bool:
        try:
            await patiently(lambda: self._once([commit]))
        except GUILTY:
            return False
        return True

    async def _try_alone(self, commit: Changes, op: Op) -> Refused | None:
        """Whether PostgreSQL refuses this op. Nothing is written."""

        async def attempt() -> None:
            async with self.writer.transaction([commit.did]) as known:
                await known.write(known.admits([replace(commit, ops=(op,), refused=())]))
                raise _Undo

        try:
            await patiently(attempt)
        except _Undo:
            return None
        except GUILTY as error:
            return Refused(op.uri, REASON, said(error), op.block)
        return None


def _nothing_of(commit: Changes, error: PostgresError) -> Changes:
    """Where there is no telling which ops are guilty: all are kept aside, and none takes anything
    away."""
    kept = [Refused(None, REASON, f"{op.uri}: {said(error)}", op.block) for op in commit.ops]
    return replace(commit, ops=(), refused=tuple(kept))


@lru_cache(maxsize=1000)
def _written(collection: str, action: str) -> Counter:
    """Bounded: what the network may invent is "other"."""
    if collection not in RECORDS:
        return metrics.OPS.labels("other", action)
    return metrics.OPS.labels(collection, action)


class _Undo(Exception):
    """Leaves a transaction without a trace."""


def said(error: PostgresError) -> str:
    return f"{type(error).__name__}: {error}"
