"""Subjects that effects wait for: one durable row each, whoever waits.

A subject that arrives takes its own row out. The row is also a net: two shards that write the two
sides of an effect meet at a counter's row where there is one; where there is none, the sweep finds
the subject standing beside its row here, and makes the effect.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from asyncpg import Connection, Pool
from asyncpg import Record as Found

from indexer import metrics
from indexer.database import load_query
from indexer.protocol.syntax import AtUri
from indexer.records import RECORDS
from indexer.records.base import Record
from indexer.shard import effects, statements
from indexer.shard.patience import patiently

ADD, PROD, TAKE, EXPIRE, COUNT = (
    load_query(f"{verb}_pending") for verb in ("add", "prod", "take", "expire", "count")
)
SUBJECTS = {nsid: record for nsid, record in RECORDS.items() if record.subject_of}
SWEPT_AT_ONCE = 1000


@dataclass(slots=True)
class Pending:
    """What this shard may add to the queue, and how long it waits."""

    ttl: timedelta
    most: int  # beyond it only users join; effects still come by arrival
    fetch_users: bool
    fetch_posts: bool
    size: int = 0  # as last counted, all shards together

    async def await_users(self, connection: "Connection[Found]", dids: Iterable[str]) -> None:
        if self.fetch_users and (dids := sorted(dids)):
            await connection.execute(ADD, dids, ["user"] * len(dids), self.ttl)

    async def prod(self, connection: "Connection[Found]", dids: Iterable[str]) -> None:
        if self.fetch_users and (dids := sorted(dids)):
            await connection.execute(PROD, dids, self.ttl)

    async def await_subjects(self, connection: "Connection[Found]", uris: Iterable[str]) -> None:
        if self.size >= self.most or not self.fetch_posts:
            return
        kinds = {uri: kind for uri in sorted(uris) if (kind := AtUri(uri).collection) in SUBJECTS}
        if kinds:
            self.size += len(kinds)
            await connection.execute(ADD, list(kinds), list(kinds.values()), self.ttl)

    async def arrived(self, connection: "Connection[Found]", uris: Iterable[str]) -> None:
        if uris := sorted(uris):
            for (kind,) in await connection.fetch(TAKE, uris):
                metrics.PENDING_FLUSHED.labels(kind).inc()

    async def count(self, pool: "Pool[Found]") -> None:
        waiting = dict(await pool.fetch(COUNT))
        self.size = sum(waiting.get(kind, 0) for kind in SUBJECTS)
        for kind in ("user", *SUBJECTS):
            metrics.PENDING.labels(kind).set(waiting.get(kind, 0))


async def sweep(pool: "Pool[Found]") -> None:
    """Make the effects that were missed, and give up what was waited for too long."""
    for record in SUBJECTS.values():
        while await patiently(partial(_sweep_some, pool, record)) == SWEPT_AT_ONCE:
            pass
    while await patiently(partial(_expire_some, pool)) == SWEPT_AT_ONCE:
        pass


async def _sweep_some(pool: "Pool[Found]", record: Record) -> int:
    statement = statements.arrived(record.owns[0])
    async with pool.acquire() as connection, connection.transaction():
        found = await connection.fetch(statement, record.nsid, SWEPT_AT_ONCE)
        subjects = [row["subject"] for row in found]
        if subjects:
            await effects.run(connection, subjects)
            await connection.execute(TAKE, subjects)
    return len(subjects)


async def _expire_some(pool: "Pool[Found]") -> int:
    expired = await pool.fetch(EXPIRE, SWEPT_AT_ONCE)
    for (kind,) in expired:
        metrics.PENDING_EXPIRED.labels(kind).inc()
    return len(expired)
