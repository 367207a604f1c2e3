"""The coordinator: the one process that talks to strangers.

Whatever it fetches goes down the same road as the relay's frames: it offers frames without a number
to the parent (`end.offer`), which dispatches them to the shard that owns the account, so that a DID
keeps one writer. What was asked of it stands in PostgreSQL (`pending`, `resyncs`), not in messages.
It also audits what the shards write, if that is wanted.
"""

import asyncio
from functools import partial

import uvloop

from indexer.audit import keep_auditing
from indexer.channel import CoordinatorEnd, Telling
from indexer.config import Config, pool_size
from indexer.coordinator.fetcher import keep_fetching
from indexer.coordinator.http import opened
from indexer.coordinator.labels import serve_labels
from indexer.coordinator.repos import keep_resyncing
from indexer.coordinator.resolver import allowed_hosts, resolving
from indexer.database import BY_KEY, open_pool, reach
from indexer.log import configure
from indexer.web import serving


def main(config: Config, end: CoordinatorEnd, metrics_port: int) -> None:
    """The coordinator's whole life, in the process that was spawned for it."""
    configure(config.log.level, "coordinator")
    uvloop.run(serve(config, end, metrics_port))


async def serve(config: Config, end: CoordinatorEnd, metrics_port: int) -> None:
    end.open(asyncio.get_running_loop())
    with Telling(end):
        async with serving(config.metrics.host, metrics_port, list) as port:
            end.ready(port)
            async with asyncio.TaskGroup() as group:
                working = [
                    group.create_task(keep_auditing(config)),
                    group.create_task(_ask_strangers(config, end)),
                ]
                await end.stopping.wait()
                for task in working:
                    task.cancel()


async def _ask_strangers(config: Config, end: CoordinatorEnd) -> None:
    url, size = config.database.url, pool_size(config)
    open_one = partial(open_pool, url, "indexer coordinator", size, settings=BY_KEY)
    pool = await reach(open_one, end.stopping)
    if pool is None:
        return
    async with (
        pool,
        opened(config.http, allowed_hosts(config)) as client,
        resolving(config, pool, client) as resolver,
        serve_labels(config, pool, client, resolver),
        asyncio.TaskGroup() as group,
    ):
        group.create_task(keep_fetching(config, pool, client, resolver, end))
        group.create_task(keep_resyncing(config, pool, client, resolver, end))
        await end.stopping.wait()  # labels go on where no PDS may be asked
