"""Write a batch to PostgreSQL in one transaction. Running it twice changes nothing.

Locks are taken in one order in every shard: repos, users, own rows by table and key, counters by
target, notices, pending by URI; judgements by query and URI.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from time import perf_counter

from asyncpg import Connection, Pool
from asyncpg import Record as Found
from prometheus_client import Counter

from indexer import metrics
from indexer.address import read_address
from indexer.config import Config
from indexer.database import load_query
from indexer.protocol.age import Horizon, horizon
from indexer.protocol.event import Event
from indexer.protocol.op import Op
from indexer.protocol.syntax import clean, is_did
from indexer.shard import age, effects, fetched, privacy, resync, verdicts
from indexer.shard.admission import Admitted, Kept, admit
from indexer.shard.batch import Plan, plan
from indexer.shard.pending import Pending, tell
from indexer.shard.repo import Repo
from indexer.shard.rows import Rows

LOCK, CREATE, SAVE = (load_query(f"{verb}_repos") for verb in ("lock", "create", "save"))
CREATE_USERS, SET_STATUSES = load_query("create_users"), load_query("set_statuses")
NEWCOMERS, TAKE_SLOT = load_query("newcomers"), load_query("take_creation_slot")
QUARANTINE, KEPT_OF, OVERTAKE, OUTDATE = (
    load_query(name)
    for name in ("quarantine", "kept_of_records", "overtake_quarantine", "outdate_quarantine")
)
KEPT = "seq did uri reason detail frame record rev time".split()
SAVED = attrgetter(
    *"did rev data active status account_source account_seq deleted_at state".split()
)


class Guard:
    """Whether a connection was lost, and with it perhaps what was acknowledged: PostgreSQL may have
    forgotten it. Nothing later may be written until the stream begins again from before it."""

    def __init__(self) -> None:
        self.broken = False
        self.tell: Callable[[], None] = lambda: None

    def trip(self) -> None:
        if not self.broken:
            self.broken = True
            self.tell()

    def check(self) -> None:
        if self.broken:
            raise ConnectionResetError("a connection was lost since this epoch began")


@dataclass(frozen=True, slots=True)
class Writer:
    pool: "Pool[Found]"
    source: str  # names the relay: a sequence number means nothing at another
    pending: Pending
    guard: Guard = field(default_factory=Guard)
    horizon: Callable[[], Horizon | None] = lambda: None  # content before it is not kept
    creation_slot: int | None = None  # of the few user creations that may run at once; None: any

    @asynccontextmanager
    async def transaction(self, dids: Iterable[str]) -> AsyncIterator["Known"]:
        """A transaction that holds the repos rows of `dids`, and saves them at its end. When it
        is committed, the verdicts that it reopened are judged."""
        async with self.pool.acquire() as connection:
            self.guard.check()
            async with connection.transaction():
                began = perf_counter()
                repos = await lock_repos(connection, sorted(set(dids)))
                known = Known(self, connection, repos)
                yield known
                await save_repos(connection, repos.values())
                if self.pending.fetch_users:
                    await resync.ask(connection, repos.values())
                if perf_counter() - began > privacy.HOLDS_S:
                    await privacy.check_still_allowed(connection, repos.values(), known.made)
                written = perf_counter()
            metrics.COMMIT_SECONDS.observe(perf_counter() - written)
        metrics.USERS_CREATED.inc(len(known.made))
        for metric, kinds in known.moved:
            tell(metric, kinds)
        await verdicts.judge_soon(self.pool, self.guard.check, known.reopened)

    async def quarantine(self, kept: Sequence[Kept]) -> None:
        """Keep aside what never came as far as a transaction."""
        async with self.pool.acquire() as connection:
            self.guard.check()
            await quarantine(connection, self.source, kept)


def make_writer(config: Config, index: int, pool: "Pool[Found]", guard: Guard) -> Writer:
    fetching = not config.services.skip_pds_fetching
    pending = Pending(
        ttl=timedelta(hours=config.pending.ttl_h),
        most=config.pending.max,
        fetch_users=fetching,
        fetch_posts=fetching and config.pending.fetch_posts,
        shards=config.shards.total(),
    )
    crowded = config.shards.total() > config.writer.user_creations
    slot = index % config.writer.user_creations if crowded else None
    service = read_address(config.relay.url).service
    return Writer(
        pool,
        service,
        pending,
        guard,
        horizon=lambda: horizon(datetime.now(UTC), config.retention.days),
        creation_slot=slot,
    )


@dataclass(frozen=True, slots=True)
class Known:
    """What a transaction knows of the accounts it writes for."""

    writer: Writer
    connection: "Connection[Found]"
    repos: dict[str, Repo]
    reopened: list[verdicts.Case] = field(default_factory=list)
    moved: list[tuple[Counter, list[str]]] = field(default_factory=list)  # by kind, to be counted
    made: list[str] = field(default_factory=list)  # users who are new

    def admits(self, events: Iterable[Event]) -> Admitted:
        return admit(events, self.repos, self.writer.source)

    async def write(self, admitted: Admitted) -> list[Kept]:
        """Write what was admitted. Returns what was refused, which is in the quarantine now."""
        kept_from = self.writer.horizon()
        ops = await age.kept(self.connection, admitted.ops, kept_from)
        if admitted.answered:
            ops = await fetched.news(self.connection, ops)
        with metrics.PLAN_SECONDS.time():
            planned = plan(ops)
        with metrics.WRITE_SECONDS.time():
            made = await self._users(planned, admitted)
            self.made.extend(made)
            rows = await self._rows(planned)
            awaited = await effects.apply(self.connection, planned, rows)
            unawaited = rows.deltas.unawaited - awaited
            awaited = age.worth_asking_for(awaited, kept_from)
            await self._pending(planned, admitted, awaited, unawaited)
            self.reopened.extend(await verdicts.reopen(self.connection, rows.deltas.reopened))
        refused = [
            Kept(
                op.seq, op.did, op.uri, error.reason, error.detail, None, op.block, op.rev, op.time
            )
            for op, error in planned.refused
        ]
        kept = [*admitted.kept, *refused]
        await quarantine(self.connection, self.writer.source, kept)
        await overtake(self.connection, ops, self.repos.values())
        await resync.hold(self.connection, admitted.held)
        return kept

    async def _users(self, planned: Plan, admitted: Admitted) -> list[str]:
        """Rows for everybody who is named. Returns who is new."""
        people = sorted(planned.people | admitted.statuses)
        if not people:
            return []
        made = await self._create_users(people)
        if dids := sorted(admitted.statuses):
            repos = [self.repos[did] for did in dids]
            statuses = [None if r.active else r.status or "inactive" for r in repos]
            await self.connection.execute(SET_STATUSES, dids, statuses)
        return made

    async def _create_users(self, dids: list[str]) -> list[str]:
        """Where creations are limited, only who has somebody to create waits for a slot."""
        dids = [did for (did,) in await self.connection.fetch(NEWCOMERS, dids)]
        if not dids:
            return []
        if (slot := self.writer.creation_slot) is not None:
            await self.connection.execute(TAKE_SLOT, slot)
        return [did for (did,) in await self.connection.fetch(CREATE_USERS, dids)]

    async def _rows(self, planned: Plan) -> Rows:
        await effects.before_deletion(self.connection, planned)
        rows = Rows(self.connection)
        await rows.unshelve(planned.edges())
        await rows.purge(planned.purge, planned.insert)
        for table in sorted(planned.insert, key=lambda t: t.name):
            await rows.insert(table, planned.insert[table])
        await rows.count()
        return rows

    async def _pending(
        self, planned: Plan, admitted: Admitted, awaited: set[str], unawaited: set[str]
    ) -> None:
        pending = self.writer.pending
        arrived = [
            uri
            for record, touched in planned.touched.items()
            if record.subject_of
            for uri in (*touched.born, *touched.changed)
        ]
        flushed = await pending.take(self.connection, arrived)
        cancelled = await pending.cancel(self.connection, unawaited)
        queued = [
            *await pending.await_subjects(self.connection, awaited),
            *await pending.prod(self.connection, admitted.prodded),
            *await pending.await_users(self.connection, self.made),
        ]
        flushed += await pending.settle(self.connection, admitted.answered)
        await pending.ask_again(self.connection, admitted.stale)
        self.moved.append((metrics.PENDING_FLUSHED, flushed))
        self.moved.append((metrics.PENDING_CANCELLED, cancelled))
        self.moved.append((metrics.PENDING_QUEUED, queued))


async def lock_repos(connection: "Connection[Found]", dids: list[str]) -> dict[str, Repo]:
    repos = {row["did"]: Repo(*row) for row in await connection.fetch(LOCK, dids)}
    if missing := [did for did in dids if did not in repos]:
        await connection.execute(CREATE, missing)
        repos.update((row["did"], Repo(*row)) for row in await connection.fetch(LOCK, missing))
    await resync.load(connection, repos)
    return repos


async def save_repos(connection: "Connection[Found]", repos: Iterable[Repo]) -> None:
    moved = [repo for repo in repos if repo.changed]
    if moved:
        await connection.execute(SAVE, *zip(*map(SAVED, moved), strict=True))
    await resync.save(connection, repos)


async def quarantine(connection: "Connection[Found]", source: str, kept: Sequence[Kept]) -> None:
    """It came from the network as it was: only what is a DID is stored as one."""
    if not kept:
        return
    kept = [
        replace(one, did=one.did if one.did and is_did(one.did) else None, detail=clean(one.detail))
        for one in kept
    ]
    await connection.execute(QUARANTINE, source, *([getattr(k, c) for k in kept] for c in KEPT))


async def overtake(
    connection: "Connection[Found]", ops: Iterable[Op], repos: Iterable[Repo]
) -> None:
    """What was kept aside of a record is not to come back when a later commit has changed it, or
    may have."""
    if revs := {op.uri: op.rev for op in ops}:
        found = {uri: revs[uri] for (uri,) in await connection.fetch(KEPT_OF, list(revs))}
        if found:
            await connection.execute(OVERTAKE, list(found), list(found.values()))
    if missed := {repo.did: repo.missed for repo in repos if repo.missed}:
        await connection.execute(OUTDATE, list(missed), list(missed.values()))
