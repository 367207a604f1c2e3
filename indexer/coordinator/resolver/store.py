"""Table `identities`, and with it the handles that readers see.

A handle is one account's: who newly has it takes it from whoever had it, in the same transaction,
and those are resolved again. Locks are taken in one order: the handle, users, identities, each by
DID.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import stamina
from asyncpg import (
    Connection,
    DeadlockDetectedError,
    Pool,
    Record,
    SerializationError,
    UniqueViolationError,
)

from indexer.coordinator.resolver.found import Entry, Lifetimes, Unknown
from indexer.coordinator.resolver.rows import columns_of, entry_of
from indexer.database import load_query

FIND, LOCK_HANDLE, LOCK_USERS, LOCK = (
    load_query(name)
    for name in ("find_identity", "lock_handle", "lock_named_users", "lock_identities")
)
SAVE, BLANK, TAKE, SHOW, PROD = (
    load_query(name)
    for name in ("save_identity", "blank_identity", "take_handle", "show_handle", "prod_pending")
)
CROSSED = (DeadlockDetectedError, SerializationError, UniqueViolationError)
INVALID = "handle.invalid"


@dataclass(frozen=True, slots=True)
class Known:
    """What the database knows. `shown`: the handle in `users`, if there is such a row."""

    entry: Entry | None
    shown: str | None
    forbidden: bool
    now: datetime

    @property
    def right(self) -> bool:
        """Readers see what is known, if they see anything."""
        handle = self.entry.handle if self.entry else None
        return self.shown in (None, handle or INVALID)


@dataclass(frozen=True, slots=True)
class Saved:
    shown: bool  # there is a row in `users`
    robbed: list[str]  # DIDs that had the handle before


class Store:
    def __init__(
        self, pool: "Pool[Record]", plc_url: str, lifetimes: Lifetimes, pending_ttl: timedelta
    ) -> None:
        self._pool = pool
        self._plc_url = plc_url
        self._lifetimes = lifetimes
        self._ttl = pending_ttl

    async def find(self, did: str) -> Known:
        row = await self._pool.fetchrow(FIND, did, self._plc_url)
        assert row is not None
        entry = entry_of(did, row) if row["known"] else None
        return Known(entry, row["shown"], row["forbidden"], row["now"])

    async def save(self, entry: Entry) -> Saved:
        async for attempt in stamina.retry_context(
            on=CROSSED, attempts=10, timeout=None, wait_initial=0.01, wait_max=1, wait_jitter=0.05
        ):
            with attempt:
                async with self._pool.acquire() as connection, connection.transaction():
                    return await self._save(connection, entry)
        raise AssertionError("the last attempt returns or raises")

    async def _save(self, connection: "Connection[Record]", entry: Entry) -> Saved:
        did, handle = entry.found.did, entry.handle
        await connection.fetch(LOCK_HANDLE, handle)
        locked = [row["did"] for row in await connection.fetch(LOCK_USERS, did, handle)]
        await connection.fetch(LOCK, did, handle)
        robbed: list[str] = []
        if handle is not None:
            robbed = [row["did"] for row in await connection.fetch(TAKE, did, handle)]
        renew_at = self._lifetimes.renew_at(entry)
        if isinstance(entry.found, Unknown):
            await connection.execute(BLANK, did, entry.asked_at, renew_at)
        else:
            await connection.execute(SAVE, *columns_of(entry), renew_at)
        await connection.execute(SHOW, did)
        if robbed:
            await connection.execute(PROD, robbed, self._ttl)
        return Saved(did in locked, robbed)
