"""What PostgreSQL knows of repos that are to be fetched whole: table `resyncs`, a row a repo.

A row that is claimed is nobody else's for a while, which is renewed while somebody works on it.
While a repo is being fetched its row has a token, and what comes of it is held back: such a row may
not be dropped before a shard has let the repo go.
"""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from asyncpg import Pool, Record

from indexer.config import Repos as Settings
from indexer.database import load_query
from indexer.protocol.age import Horizon, horizon

CREATE, LOCK, FIND, BEGIN = (
    load_query(name) for name in ("create_repos", "lock_repos", "find_resync", "begin_resync")
)
CLAIM, LEASE, DEFER, POSTPONE, DROP = (
    load_query(f"{verb}_resync{s}")
    for verb, s in (
        ("claim", "s"),
        ("lease", "s"),
        ("defer", ""),
        ("postpone", ""),
        ("drop", ""),
    )
)
WATCH, RESUME, ABANDON = (load_query(f"{verb}_resyncs") for verb in ("watch", "resume", "abandon"))
STORED, BY_KEY = load_query("stored_records"), load_query("plan_by_key")
PROTECTED = load_query("protected_among")
ROWS_AT_ONCE = 2000


@dataclass(slots=True)
class Job:
    """A claimed row."""

    did: str
    tell: bool
    attempts: int
    token: int | None  # of the fetching under way, ours or one that was left
    complete: bool  # that one
    fetching: bool
    wanted: bool  # neither gone nor opted out
    pds: str | None = None


class Begun(NamedTuple):
    token: int
    rev: str | None  # that is stored; it stands still from here on


class Seen(NamedTuple):
    """How far a fetching has come."""

    did: str
    token: int | None
    parts: int
    complete: bool
    state: str


class Queue:
    def __init__(self, pool: "Pool[Record]", settings: Settings) -> None:
        self._pool = pool
        self._lease = timedelta(seconds=settings.lease_s)
        self._first = timedelta(seconds=settings.backoff_first_s)
        self._last = timedelta(seconds=settings.backoff_max_s)

    async def resume(self) -> None:
        await self._pool.execute(RESUME)

    async def abandon(self) -> list[tuple[str, int]]:
        """DIDs and tokens of all that is under way."""
        return [(did, token) for did, token in await self._pool.fetch(ABANDON)]

    async def claim(self, most: int, busy: Iterable[str]) -> list[Job]:
        """What went on without us comes before what somebody asked for."""
        found: list[Job] = []
        for asked_for in (False, True):
            if (room := most - len(found)) > 0:
                rows = await self._pool.fetch(CLAIM, room, self._lease, list(busy), asked_for)
                found += [Job(**row) for row in rows]
        return found

    async def begin(self, did: str) -> Begun | None:
        """None when there is nothing to fetch any more, or what was begun has to end first."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(CREATE, [did])
            repo = await connection.fetchrow(LOCK, [did])
            row = await connection.fetchrow(FIND, did)
            if row is None or not repo["active"] or repo["opted_out"]:
                return None
            if row["token"] is not None and (row["complete"] or repo["state"] != "fetching"):
                return None
            return Begun(await connection.fetchval(BEGIN, did), repo["rev"])

    async def stored(self, did: str) -> AsyncIterator[list[tuple[str, str | None]]]:
        """Paths and versions of all that stands of an account, some at a time."""
        start = len(f"at://{did}/")
        async with self._pool.acquire() as connection, connection.transaction(readonly=True):
            await connection.execute(BY_KEY)
            cursor = await connection.cursor(STORED, did)
            while rows := await cursor.fetch(ROWS_AT_ONCE):
                yield [(uri[start:], version) for uri, version in rows]

    async def look(self, dids: Iterable[str]) -> list[Seen]:
        return [Seen(*row) for row in await self._pool.fetch(WATCH, list(dids))]

    async def renew(self, dids: Iterable[str]) -> None:
        await self._pool.execute(LEASE, list(dids), self._lease)

    async def defer(self, did: str, failed: int, wait: timedelta) -> None:
        await self._pool.execute(DEFER, did, failed, wait)

    async def postpone(self, did: str, least_s: float = 0.0) -> None:
        """Its host cannot be reached, or wants to be left alone for so long."""
        least = max(self._first, timedelta(seconds=least_s))
        await self._pool.execute(POSTPONE, did, least, max(self._last, least))

    async def drop(self, did: str) -> None:
        await self._pool.execute(DROP, did)

    async def horizon(self, did: str, days: int) -> Horizon | None:
        """Before which content of this account is not kept, if that is for so many days."""
        if not days or await self._pool.fetch(PROTECTED, [did]):
            return None
        return horizon(await self.now(), days)

    async def now(self) -> datetime:
        found: datetime = await self._pool.fetchval("SELECT now()")
        return found
