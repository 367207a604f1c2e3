"""Subjects that effects wait for: one durable row each, whoever waits.

A subject that arrives takes its own row out; so does the last who waited for it, when it goes. Who
does either for a record holds the lock of its counters: they meet there, and none passes by
another. (Accounts that wait to be resolved meet nobody, and need not.) The sweep is a net below: it
makes the effects of what stands beside its row here, and gives up what was waited for too long. No
row and no effect ever depends on the queue.
"""

from collections import Counter as Counted
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from time import monotonic

from asyncpg import Connection, Pool
from asyncpg import Record as Found
from prometheus_client import Counter

from indexer import metrics
from indexer.database import load_query
from indexer.protocol.event import Fetched
from indexer.protocol.syntax import AtUri
from indexer.records import RECORDS, TABLES
from indexer.records.base import Record
from indexer.shard import effects, statements
from indexer.shard.patience import patiently
from indexer.shard.rows import Rows

ADD, PROD, TAKE, EXPIRE, COUNT, SETTLE, HURRY = (
    load_query(f"{verb}_pending")
    for verb in ("add", "prod", "take", "expire", "count", "settle", "hurry")
)
CANCEL = statements.cancel(TABLES)
SUBJECTS = {nsid: record for nsid, record in RECORDS.items() if record.subject_of}
SWEPT_AT_ONCE = 1000
LONGEST_WRITE = timedelta(minutes=10)  # no transaction lasts longer, waiting for locks included
EVER = timedelta(days=36500)


@dataclass(slots=True)
class Pending:
    """What this shard may add to the queue, and how long it waits. Each method returns the kinds of
    the subjects that it moved, to be counted when the transaction is committed."""

    ttl: timedelta
    most: int  # beyond it only users join; effects still come by arrival
    fetch_users: bool
    fetch_posts: bool
    shards: int = 1  # who share what room there is
    room: int = field(init=False)  # of this shard, until it counts again

    def __post_init__(self) -> None:
        self.room = self._share(0)

    async def await_users(self, connection: "Connection[Found]", dids: Iterable[str]) -> list[str]:
        if not self.fetch_users or not (dids := sorted(dids)):
            return []
        added = await connection.fetch(ADD, dids, ["user"] * len(dids), self.ttl)
        return [kind for (kind,) in added]

    async def prod(self, connection: "Connection[Found]", dids: Iterable[str]) -> list[str]:
        if not self.fetch_users or not (dids := sorted(dids)):
            return []
        prodded = await connection.fetch(PROD, dids, self.ttl)
        return [kind for kind, new in prodded if new]

    async def await_subjects(
        self, connection: "Connection[Found]", uris: Iterable[str]
    ) -> list[str]:
        if not self.fetch_posts or self.room <= 0:
            return []
        kinds = {uri: kind for uri in sorted(uris) if (kind := AtUri(uri).collection) in SUBJECTS}
        some = dict(islice(kinds.items(), self.room))
        if not some:
            return []
        added = await connection.fetch(ADD, list(some), list(some.values()), self.ttl)
        self.room -= len(added)
        return [kind for (kind,) in added]

    async def take(self, connection: "Connection[Found]", uris: Iterable[str]) -> list[str]:
        if not (uris := sorted(uris)):
            return []
        return [kind for (kind,) in await connection.fetch(TAKE, uris)]

    async def settle(
        self, connection: "Connection[Found]", answered: Sequence[Fetched]
    ) -> list[str]:
        """Out with what was asked for, unless it was meanwhile asked for again."""
        if not answered:
            return []
        return [kind for (kind,) in await connection.fetch(SETTLE, *_claims(answered))]

    async def ask_again(self, connection: "Connection[Found]", stale: Sequence[Fetched]) -> None:
        if stale:
            await connection.execute(HURRY, *_claims(stale))

    async def cancel(self, connection: "Connection[Found]", uris: Iterable[str]) -> list[str]:
        """One less waits for each of these. Where it was the last, the subject leaves the queue."""
        if not self.fetch_posts or not (uris := sorted(uris)):
            return []
        return [kind for (kind,) in await connection.fetch(CANCEL, uris)]

    async def count(self, pool: "Pool[Found]") -> None:
        waiting = dict(await pool.fetch(COUNT))
        self.room = self._share(sum(waiting.get(kind, 0) for kind in SUBJECTS))
        for kind in ("user", *SUBJECTS):
            metrics.PENDING.labels(kind).set(waiting.get(kind, 0))

    def _share(self, size: int) -> int:
        return -(-max(0, self.most - size) // self.shards)


def _claims(fetched: Sequence[Fetched]) -> tuple[list[str], list[datetime]]:
    claims = sorted({one.subject: one.claim for one in fetched}.items())
    return [subject for subject, _ in claims], [claim for _, claim in claims]


def tell(metric: Counter, kinds: Iterable[str]) -> None:
    for kind, times in Counted(kinds).items():
        metric.labels(kind).inc(times)


@dataclass(slots=True)
class Sweeper:
    """Sweeps by and by. What is passed by is passed by when it joins, never later: the first time
    it looks at everything, then at what joined since it looked, or not long before."""

    pool: "Pool[Found]"
    last: float | None = None  # by the monotonic clock

    async def sweep(self) -> None:
        began = monotonic()
        since = EVER if self.last is None else timedelta(seconds=began - self.last) + LONGEST_WRITE
        await sweep(self.pool, since)
        self.last = began


async def sweep(pool: "Pool[Found]", joined_within: timedelta = EVER) -> None:
    """Make the effects that were missed, and give up what was waited for too long."""
    for record in SUBJECTS.values():
        some = partial(_sweep_some, pool, record, joined_within)
        while await patiently(some) == SWEPT_AT_ONCE:
            pass
    while await patiently(partial(_expire_some, pool)) == SWEPT_AT_ONCE:
        pass


async def _sweep_some(pool: "Pool[Found]", record: Record, joined_within: timedelta) -> int:
    """The effects of a subject are made as its writer makes them: having met who else would."""
    table = record.owns[0]
    async with pool.acquire() as connection, connection.transaction():
        found = await connection.fetch(
            statements.arrived(table), record.nsid, SWEPT_AT_ONCE, joined_within
        )
        flushed: list[Found] = []
        if found:
            rows = Rows(connection)
            subjects = await rows.meet(table, [row["subject"] for row in found])
            await rows.count()
            await effects.run(connection, subjects)
            flushed = await connection.fetch(TAKE, sorted(subjects))
    tell(metrics.PENDING_FLUSHED, (kind for (kind,) in flushed))
    return len(found)


async def _expire_some(pool: "Pool[Found]") -> int:
    expired = await pool.fetch(EXPIRE, SWEPT_AT_ONCE)
    tell(metrics.PENDING_EXPIRED, (kind for (kind,) in expired))
    return len(expired)
