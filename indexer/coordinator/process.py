"""The coordinator: the one process that talks to strangers.

Whatever it fetches goes down the same road as the relay's frames: it offers synthetic commits to
the parent (`end.offer`), which dispatches them to the shard that owns the account, so that a DID
keeps one writer. What was asked of it stands in PostgreSQL (`pending`), not in messages. It also
audits what the shards write, if that is wanted.
"""

import asyncio

import uvloop

from indexer.audit import keep_auditing
from indexer.channel import CoordinatorEnd, Telling
from indexer.config import Config
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
                auditing = group.create_task(keep_auditing(config))
                await end.stopping.wait()
                auditing.cancel()
