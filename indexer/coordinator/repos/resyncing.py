"""Fetches all repos whose turn it is, so many at once, few of them from one host.

Nothing here has to be remembered: whose turn it is stands in `resyncs`, and who dies is followed by
one who begins anew what was under way.
"""

import asyncio
from collections import Counter
from contextlib import suppress
from time import monotonic

import structlog
from asyncpg import Pool, Record

from indexer import metrics
from indexer.channel import CoordinatorEnd
from indexer.config import Config
from indexer.coordinator.http import Client
from indexer.coordinator.repos.mending import Mending
from indexer.coordinator.repos.queue import Job, Queue
from indexer.coordinator.repos.trying import Trying
from indexer.coordinator.repos.watch import Watch
from indexer.coordinator.resolver import Resolver
from indexer.database import DATABASE_ERRORS, passes, persistently
from indexer.protocol.synthetic import release_frame

log = structlog.get_logger()


async def keep_resyncing(
    config: Config, pool: "Pool[Record]", client: Client, resolver: Resolver, end: CoordinatorEnd
) -> None:
    """For ever, if anything may be fetched; else until what was being fetched is let go."""
    settings = config.repos
    queue = Queue(pool, settings)
    if config.services.skip_pds_fetching:
        await persistently(lambda: _let_go(queue, end, settings.look_every_s))
        return
    watch = Watch(queue)
    mending = Mending(settings, client, resolver, queue, watch, end, config.retention.days)
    resyncing = Resyncing(queue, Trying(settings, queue, mending, end))
    async with asyncio.TaskGroup() as group:
        group.create_task(persistently(watch.run))
        await persistently(queue.resume)
        await resyncing.run(group)


async def _let_go(queue: Queue, end: CoordinatorEnd, look_every_s: float) -> None:
    """Where nothing may be fetched, nothing is to be held back for it."""
    while under_way := await queue.abandon():
        for did, token in under_way:
            await end.offer(release_frame(did, token))
        await asyncio.sleep(2 * look_every_s)


class Resyncing:
    def __init__(self, queue: Queue, trying: Trying) -> None:
        self._queue = queue
        self._trying = trying
        self._settings = trying.settings
        self._jobs: dict[str, Job] = {}
        self._ended = asyncio.Event()
        self._renewed = monotonic()
        metrics.RESYNCING.set_function(lambda: len(self._jobs))

    async def run(self, group: asyncio.TaskGroup) -> None:
        while True:
            self._ended.clear()
            for job in await persistently(self._claim):
                if job.did not in self._jobs:
                    self._jobs[job.did] = job
                    group.create_task(self._work(job))
            await self._pause()

    async def _claim(self) -> list[Job]:
        if monotonic() - self._renewed > self._settings.lease_s / 4:
            await self._queue.renew(self._jobs)
            self._renewed = monotonic()
        room = self._settings.at_once - len(self._jobs)
        return await self._queue.claim(room, self._busy()) if room else []

    async def _pause(self) -> None:
        """Not by `wait_for`, which forgets that it was cancelled when what it waits for happens."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings.look_every_s):
                await self._ended.wait()

    async def _work(self, job: Job) -> None:
        began = monotonic()
        outcome = "cut_short"
        try:
            outcome = await self._trying.do(job, self._is_busy)
        except DATABASE_ERRORS as error:
            if not passes(error):
                raise
            log.warning("a repo was cut short", did=job.did, error=str(error))
        finally:
            del self._jobs[job.did]
            self._ended.set()
            metrics.RESYNCS.labels(outcome).inc()
            metrics.RESYNC_SECONDS.observe(monotonic() - began)

    def _is_busy(self, job: Job) -> bool:
        """With others than this one."""
        same = [other for other in self._jobs.values() if other.pds == job.pds]
        return len(same) > self._settings.at_once_per_host

    def _busy(self) -> list[str]:
        most = self._settings.at_once_per_host
        count = Counter(job.pds for job in self._jobs.values() if job.pds)
        return [pds for pds, jobs in count.items() if jobs >= most]
