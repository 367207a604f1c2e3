"""A backfill: DIDs that somebody named, or all that a host lists, put into the queue of repos to be
fetched whole, so many ahead. The indexer fetches them, whether or not anybody watches.

How far a list has been read is stored with what was queued of it: who stops goes on from there.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from asyncpg import Pool, Record

from indexer.coordinator.http import Client
from indexer.coordinator.repos.listing import page_of
from indexer.database import load_query

QUEUE, LEFT, DONE = (load_query(n) for n in ("queue_backfill", "backfill_left", "backfill_done"))
BEGIN, TURN, END, CANCEL = (
    load_query(f"{verb}_backfill") for verb in ("begin", "turn", "end", "cancel")
)
MOST_EXAMPLES = 20
NAMED = "named"  # the list of those that somebody named


@dataclass(slots=True)
class Backfill:
    pool: "Pool[Record]"
    source: str  # the base URL of the host that lists, or `NAMED`
    tell: bool
    listed: int = 0
    complete: bool = False  # all of the list is in the queue, or was
    failed: int = 0  # that are not whole, though nobody tries any more
    examples: list[str] = field(default_factory=list)  # of those
    waiting: set[str] = field(default_factory=set)
    _cursor: str | None = None

    async def name(self, dids: Iterable[str]) -> None:
        wanted = sorted(set(dids))
        queued = await self.pool.fetch(QUEUE, wanted, [None] * len(wanted), NAMED, self.tell)
        self.waiting = {did for (did,) in queued}
        self.listed, self.complete = len(wanted), True

    async def begin(self) -> None:
        """Goes on where it was left."""
        row = await self.pool.fetchrow(BEGIN, self.source)
        self._cursor, self.listed, self.complete = row
        self.waiting = {did for (did,) in await self.pool.fetch(LEFT, self.source)}

    async def turn(self, client: Client) -> None:
        """The next page into the queue. Raises `NoAnswer`."""
        page = await page_of(client, self.source, self._cursor)
        dids, revs = list(page.repos), list(page.repos.values())
        async with self.pool.acquire() as connection, connection.transaction():
            queued = await connection.fetch(QUEUE, dids, revs, self.source, self.tell)
            await connection.execute(TURN, self.source, page.cursor, page.listed)
        self.waiting |= {did for (did,) in queued}
        self.listed += page.listed
        self._cursor, self.complete = page.cursor, page.cursor is None

    async def look(self) -> None:
        """What has been done meanwhile."""
        for did, whole in await self.pool.fetch(DONE, list(self.waiting)):
            self.waiting.discard(did)
            self.failed += not whole
            if not whole and len(self.examples) < MOST_EXAMPLES:
                self.examples.append(did)

    @property
    def done(self) -> int:
        return self.listed - len(self.waiting)

    async def end(self) -> None:
        await self.pool.execute(END, self.source)

    async def cancel(self, dids: list[str] | None = None) -> int:
        """How many are not going to be fetched."""
        return len(await self.pool.fetch(CANCEL, self.source, dids))
