"""A shard: one of the processes that write. Its parts, and how they live and end together."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

import structlog
import uvloop

from indexer import metrics
from indexer.channel import ShardEnd, Telling
from indexer.collector import collect_seldom
from indexer.config import Config, pool_size
from indexer.database import BY_KEY, DATABASE_ERRORS, open_pool, passes, reach
from indexer.log import configure
from indexer.shard import accounts, verdicts
from indexer.shard.keys import Keys
from indexer.shard.loop import Loop
from indexer.shard.pending import Sweeper
from indexer.shard.retention.background import walk_when_due
from indexer.shard.writer import Guard, Writer, make_writer
from indexer.web import serving

if TYPE_CHECKING:
    from asyncpg import Pool, Record

log = structlog.get_logger()

SWEEPER = 0  # the shard that also does what one process has to do for all
JUDGE_EVERY_S = 5.0  # what others left lying
AGE_EVERY_S = 60.0  # whether a walk is due
ANSWER_WITHIN_S, LONGEST_BATCH_S = 10.0, 60.0


def main(config: Config, index: int, end: ShardEnd, metrics_port: int) -> None:
    """The shard's whole life, in the process that was spawned for it."""
    configure(config.log.level, f"shard {index}")
    collect_seldom()
    uvloop.run(serve(config, index, end, metrics_port))


async def serve(config: Config, index: int, end: ShardEnd, metrics_port: int) -> None:
    end.open(asyncio.get_running_loop())
    with Telling(end):
        guard = Guard()
        pool = await _reach_database(config, index, end, guard)
        if pool is None:
            return
        writer = make_writer(config, index, pool, guard)
        keys = Keys(pool) if config.writer.verify_signatures else None
        purge_at_once = config.services.skip_pds_fetching
        settings = config.writer
        loop = Loop(
            end,
            writer,
            settings.batch_events,
            purge_at_once,
            keys,
            settings.verify_trees,
            settings.gather_ms / 1000,
        )
        health = Health(loop)
        async with serving(config.metrics.host, metrics_port, health.reasons) as port:
            end.ready(port)
            async with asyncio.TaskGroup() as group:
                sweep = partial(_sweep, config, writer, index, Sweeper(pool))
                beside = [
                    group.create_task(_every(1, partial(_measure, end, pool), health)),
                    group.create_task(_every(config.pending.sweep_every_s, sweep, health)),
                ]
                if index == SWEEPER:
                    judge = partial(verdicts.sweep, pool, guard.check)
                    beside.append(group.create_task(_every(JUDGE_EVERY_S, judge, health)))
                    age = partial(walk_when_due, writer, timedelta(hours=config.retention.every_h))
                    beside.append(group.create_task(_every(AGE_EVERY_S, age, health)))
                await loop.run()
                for task in beside:
                    task.cancel()
        await pool.close()


class Health:
    """Why the shard does not do its work, as its own /health says."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self.trouble: str | None = None

    def reasons(self) -> list[str]:
        found = [f"cannot reach PostgreSQL: {self.trouble}"] if self.trouble else []
        since = self._loop.busy_since
        if since is not None and (busy_s := monotonic() - since) > LONGEST_BATCH_S:
            found.append(f"has been writing one batch for {busy_s:.0f} s")
        return found


async def _reach_database(
    config: Config, index: int, end: ShardEnd, guard: Guard
) -> "Pool[Record] | None":
    open_one = partial(
        open_pool,
        config.database.url,
        f"indexer shard {index}",
        pool_size(config),
        synchronous_commit="off",
        settings=BY_KEY,
        ended=guard.trip,
    )
    return await reach(open_one, end.stopping)


async def _sweep(config: Config, writer: Writer, index: int, sweeper: Sweeper) -> None:
    await writer.pending.count(writer.pool)  # each shard: it bounds what the shard may add
    if index == SWEEPER:
        await sweeper.sweep()
        await accounts.purge_due(writer, timedelta(hours=config.pending.delete_grace_h))


async def _measure(end: ShardEnd, pool: "Pool[Record]") -> None:
    metrics.QUEUE_DEPTH.set(end.depth)
    metrics.QUEUE_CAPACITY.set(end.capacity)
    metrics.POOL_SIZE.set(pool.get_size())
    metrics.POOL_USED.set(pool.get_size() - pool.get_idle_size())
    await pool.fetchval("SELECT 1", timeout=ANSWER_WITHIN_S)


async def _every(seconds: float, do: Callable[[], Awaitable[None]], health: Health) -> None:
    while True:
        try:
            await do()
        except DATABASE_ERRORS as error:
            if not passes(error):
                raise
            health.trouble = str(error) or type(error).__name__
        else:
            health.trouble = None
        await asyncio.sleep(seconds)
