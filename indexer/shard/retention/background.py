"""The walk that goes on beside the indexer's own work, and waits for it."""

import asyncio
from datetime import timedelta
from time import monotonic, time

import structlog

from indexer import metrics
from indexer.database import load_query
from indexer.shard.retention.walk import Walk, begin, step
from indexer.shard.writer import Writer

LAG = load_query("stream_lag")
BEHIND_S, LOOK_AGAIN_S = 30.0, 5.0
REST = 3.0  # for each second of work

log = structlog.get_logger()


async def walk_when_due(writer: Writer, every: timedelta) -> None:
    """To the end of the walk that is under way, or due."""
    horizon = writer.horizon()
    walk = horizon and await begin(writer.pool, horizon, every)
    if walk:
        await _walk(writer, walk)


async def _walk(writer: Writer, walk: Walk) -> None:
    while walk.ended is None:
        metrics.RETENTION_WALK_SECONDS.set(time() - walk.began.timestamp())
        await _until_up_to_date(writer)
        stepped = monotonic()
        walk = await step(writer, walk)
        await asyncio.sleep((monotonic() - stepped) * REST)
    metrics.RETENTION_WALK_SECONDS.set(0)
    took = walk.ended - walk.began
    log.info(
        "took away what had grown too old",
        rows=walk.removed,
        before=walk.horizon.isoformat(timespec="seconds"),
        seconds=round(took.total_seconds()),
    )


async def _until_up_to_date(writer: Writer) -> None:
    """What comes in is more urgent than what has to go."""
    while True:
        behind_s = await writer.pool.fetchval(LAG, writer.source)
        if behind_s is None or behind_s < BEHIND_S:
            return
        await asyncio.sleep(LOOK_AGAIN_S)
