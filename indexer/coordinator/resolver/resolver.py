"""Who somebody is: the memory over the table over the network.

One look-up of a DID is under way at a time, whoever waits for it, and goes on if they do not. What
somebody needs as of a moment (an #identity says that something changed) is not served from before
it. Opted-out accounts are neither asked for nor stored.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from asyncpg import Pool, Record

from indexer.config import Config
from indexer.coordinator.http import Client
from indexer.coordinator.resolver.asking import Asking
from indexer.coordinator.resolver.found import EVER, Entry, Found, Unknown, read_lifetimes
from indexer.coordinator.resolver.memory import Memory
from indexer.coordinator.resolver.store import Known, Store
from indexer.coordinator.resolver.tally import Tally


@dataclass(frozen=True, slots=True)
class Flight:
    not_before: datetime
    task: "asyncio.Task[Entry]"


class Resolver:
    def __init__(self, client: Client, pool: "Pool[Record]", config: Config) -> None:
        self._lifetimes = read_lifetimes(config.resolver)
        ttl = timedelta(hours=config.pending.ttl_h)
        self._store = Store(pool, config.services.plc_url, self._lifetimes, ttl)
        self._asking = Asking(client, config)
        self._memory = Memory(config.resolver.cache_entries, self._lifetimes)
        self._flights: dict[str, Flight] = {}
        self._tally = Tally()

    async def resolve(self, did: str, not_before: datetime | None = None) -> Found:
        """`not_before`, by PostgreSQL's clock: what was asked earlier is not good enough. Raises
        `NoAnswer` when it cannot be known now."""
        try:
            return (await self._resolve(did, not_before or EVER)).found
        finally:
            self._tally.count()

    async def close(self) -> None:
        """Drops the look-ups under way."""
        tasks = [flight.task for flight in self._flights.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _resolve(self, did: str, since: datetime) -> Entry:
        while True:
            entry = self._memory.find(did, since)
            self._tally.looked("memory", entry is not None)
            if entry is not None:
                return entry
            flight = self._flights.get(did) or self._take_off(did, since)
            if flight.not_before >= since:
                return await asyncio.shield(flight.task)
            await asyncio.wait([flight.task])

    def _take_off(self, did: str, since: datetime) -> Flight:
        flight = Flight(since, asyncio.create_task(self._look_up(did, since)))
        self._flights[did] = flight
        flight.task.add_done_callback(lambda task: self._landed(did, task))
        return flight

    def _landed(self, did: str, task: "asyncio.Task[Entry]") -> None:
        del self._flights[did]
        if not task.cancelled():
            task.exception()  # seen, also when nobody waits any more

    async def _look_up(self, did: str, since: datetime) -> Entry:
        known = await self._store.find(did)
        if known.forbidden:
            entry = Entry(Unknown(did, "opted out"), None, known.now, None)
            self._memory.keep(entry, known.now, shown=False)
            return entry
        entry, asked = await self._known_or_asked(did, known, since)
        if known.right and not asked:
            self._memory.keep(entry, known.now, shown=known.shown is not None)
            return entry
        saved = await self._store.save(entry)
        for robbed in saved.robbed:
            self._memory.drop(robbed)
        self._memory.keep(entry, known.now, shown=saved.shown)
        return entry

    async def _known_or_asked(self, did: str, known: Known, since: datetime) -> tuple[Entry, bool]:
        before = known.entry
        fresh = before is not None and self._lifetimes.is_fresh(before, known.now, since)
        hit = before is not None and fresh and not before.doubtful
        self._tally.looked("database", hit)
        if before is None or not fresh:
            return await self._asking.ask(did, known.now, before), True
        if before.doubtful:
            return await self._asking.check_handle(before, known.now, before), True
        return before, False
