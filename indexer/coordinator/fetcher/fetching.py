"""Fetches all that is waited for and due, so many at once.

Nothing here has to be remembered: what is waited for stands in `pending`. What was claimed by one
who died comes up again at the start of the next, and what was lost behind us when the claim has run
out.
"""

import asyncio
from functools import partial
from time import monotonic

import structlog
from asyncpg import Pool, Record

from indexer import metrics
from indexer.channel import CoordinatorEnd
from indexer.config import Config
from indexer.coordinator.fetcher.accounts import Accounts
from indexer.coordinator.fetcher.hosts import Hosts
from indexer.coordinator.fetcher.ledger import Ledger
from indexer.coordinator.fetcher.queue import USER, Entry, Queue
from indexer.coordinator.fetcher.records import Records
from indexer.coordinator.fetcher.trying import Trying
from indexer.coordinator.http import Client
from indexer.coordinator.resolver import Resolver
from indexer.database import DATABASE_ERRORS, passes, persistently

TOGETHER_S = 0.02  # what ends within so long is written down, and followed by others, at once
SOON_S = 2.0
SAID_EVERY = 5000

log = structlog.get_logger()


async def keep_fetching(
    config: Config, pool: "Pool[Record]", client: Client, resolver: Resolver, end: CoordinatorEnd
) -> None:
    """Until it is cancelled; returns at once where nothing may be asked."""
    if config.services.skip_pds_fetching:
        return
    settings, queue = config.fetcher, Queue(pool, config)
    ledger = Ledger(queue)
    hosts = Hosts(settings, newcomers=max(1, config.http.at_once // 2))  # the rest is for others
    records = Records(settings, client, resolver, queue)
    accounts = Accounts(settings, client, queue)
    trying = Trying(settings, resolver, records, accounts, hosts, ledger, end)
    metrics.FETCHING_HOSTS.set_function(lambda: hosts.busy)
    async with asyncio.TaskGroup() as group:
        await Fetching(queue, ledger, trying).run(group)


class Fetching:
    def __init__(self, queue: Queue, ledger: Ledger, trying: Trying) -> None:
        self._queue = queue
        self._ledger = ledger
        self._trying = trying
        self._settings = trying.settings
        self._under_way: set[str] = set()
        self._ended = asyncio.Event()
        self._profiles = self._users = 0
        metrics.FETCHING.set_function(lambda: len(self._under_way))

    async def run(self, group: asyncio.TaskGroup) -> None:
        await persistently(self._queue.resume)
        while True:
            self._ended.clear()
            await persistently(self._ledger.write)
            if room := self._settings.at_once - len(self._under_way):
                for entry in await persistently(partial(self._queue.claim, room)):
                    self._begin(entry, group)
            await self._pause()

    def _begin(self, entry: Entry, group: asyncio.TaskGroup) -> None:
        metrics.FETCHES_CLAIMED.labels(entry.kind).inc()
        if entry.subject in self._under_way:  # it was asked for again meanwhile
            self._ledger.put_off(entry, SOON_S)
            return
        self._under_way.add(entry.subject)
        group.create_task(self._work(entry))

    async def _pause(self) -> None:
        """Short where there may be more to do."""
        try:
            async with asyncio.timeout(self._settings.look_every_s):
                await self._ended.wait()
        except TimeoutError:
            return
        await asyncio.sleep(TOGETHER_S)

    async def _work(self, entry: Entry) -> None:
        began = monotonic()
        outcome = "cut_short"
        try:
            outcome = await self._trying.do(entry)
        except DATABASE_ERRORS as error:
            if not passes(error):
                raise
            log.warning("a fetch was cut short", subject=entry.subject, error=str(error))
            self._ledger.put_off(entry, SOON_S)
        finally:
            self._under_way.discard(entry.subject)
            self._ended.set()
            metrics.FETCHES.labels(entry.kind, outcome).inc()
            metrics.FETCH_SECONDS.observe(monotonic() - began)
        self._count(entry, outcome)

    def _count(self, entry: Entry, outcome: str) -> None:
        if entry.kind != USER or outcome not in ("stored", "absent", "settled"):
            return
        self._users += 1
        self._profiles += outcome == "stored"
        if self._users % SAID_EVERY == 0:
            log.info("users settled", total=self._users, profiles=self._profiles)
