"""What PostgreSQL knows of what is waited for: table `pending`, a row a subject.

A row that is claimed is nobody else's for a while. Its new `due` is the claim: whoever is done with
it takes it out only if nobody asked for it again since, which would have changed it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from asyncpg import Pool, Record

from indexer.config import Config
from indexer.database import load_query

RESUME, CLAIM, PUT_OFF, SETTLE = (
    load_query(f"{verb}_pending") for verb in ("resume", "claim", "put_off", "settle")
)
FIND, CREATE = load_query("find_accounts"), load_query("create_repos")
CONFIRM, REVIVE, BURY = (
    load_query(name) for name in ("confirm_deletion", "revive_account", "bury_account")
)
USER = "user"
LONG = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Account:
    """What stood here of an account when the row was claimed."""

    did: str
    rev: str | None
    fetching: bool  # all of its repo, so that nothing else of it is applied
    active: bool
    status: str | None
    source: str | None  # of the last `#account`, and its number
    seq: int | None
    deleted_at: datetime | None
    bare: bool  # a user whose profile is not here
    now: datetime  # of the claim

    @property
    def deleted(self) -> bool:
        return not self.active and self.status == "deleted"


@dataclass(frozen=True, slots=True)
class Entry:
    """A claimed row."""

    subject: str
    kind: str
    attempts: int  # that failed
    claim: datetime
    prodded: datetime | None
    waited: timedelta
    account: Account  # the subject, or its author

    @property
    def is_user(self) -> bool:
        return self.kind == USER

    @property
    def not_before(self) -> datetime | None:
        """When its account was last said to be another than was known; nobody says so of a host
        that is dead, so that who has waited long asks anew."""
        account = self.account
        long_ago = account.now - LONG if self.waited > LONG else None
        deleted_at = account.deleted_at if account.deleted else None
        moments = (self.prodded, deleted_at, long_ago) if self.is_user else (long_ago,)
        return max((moment for moment in moments if moment), default=None)


class PutOff(NamedTuple):
    entry: Entry
    wait: timedelta
    failed: int


class Queue:
    def __init__(self, pool: "Pool[Record]", config: Config) -> None:
        self._pool = pool
        self._lease = timedelta(seconds=config.fetcher.lease_s)
        self._records = config.pending.fetch_posts

    async def resume(self) -> None:
        await self._pool.execute(RESUME)

    async def claim(self, most: int) -> list[Entry]:
        """Accounts first, then those that have waited longest."""
        rows = await self._pool.fetch(CLAIM, most, self._lease, self._records)
        if not rows:
            return []
        found = await self._pool.fetch(FIND, [_did_of(row) for row in rows])
        accounts = {row["did"]: Account(**row) for row in found}
        entries = [Entry(**row, account=accounts[_did_of(row)]) for row in rows]
        return sorted(entries, key=lambda entry: (entry.is_user, entry.waited), reverse=True)

    async def rev(self, did: str) -> str | None:
        (found,) = await self._pool.fetch(FIND, [did])
        rev: str | None = found["rev"]
        return rev

    async def settle(self, entries: Iterable[Entry]) -> None:
        """Out with those that nobody asked for again."""
        subjects, claims = _claims(entries)
        await self._pool.fetch(SETTLE, subjects, claims)

    async def put_off(self, some: Iterable[PutOff]) -> None:
        entries, waits, failed = zip(*some, strict=True)
        await self._pool.execute(PUT_OFF, *_claims(entries), list(waits), list(failed))

    async def confirm(self, account: Account) -> bool:
        """That it is deleted. Like the others, if nothing else was said of it since."""
        did, deleted_at = account.did, account.deleted_at
        return await self._moved(CONFIRM, did, deleted_at, account.source, account.seq)

    async def revive(self, account: Account) -> bool:
        """It is active."""
        said = (account.status, account.source, account.seq)
        return await self._moved(REVIVE, account.did, *said)

    async def bury(self, account: Account) -> bool:
        """It is deleted, though nobody said so."""
        await self._pool.execute(CREATE, [account.did])
        return await self._moved(BURY, account.did, account.source, account.seq)

    async def _moved(self, statement: str, *arguments: object) -> bool:
        return await self._pool.fetchval(statement, *arguments) is not None


def _did_of(row: Record) -> str:
    subject: str = row["subject"]
    return subject if row["kind"] == USER else subject.split("/", 3)[2]


def _claims(entries: Iterable[Entry]) -> tuple[list[str], list[datetime]]:
    some = list(entries)
    return [entry.subject for entry in some], [entry.claim for entry in some]
