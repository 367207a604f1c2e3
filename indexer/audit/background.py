"""The audit that runs by itself, a little at a time: a line in the log, and metrics."""

import asyncio
from time import monotonic, time

import structlog

from indexer import metrics
from indexer.audit.auditing import Tally, audit
from indexer.audit.parts import Sample
from indexer.config import Config
from indexer.database import DATABASE_ERRORS, passes

RETRY_S = 60.0
log = structlog.get_logger()


async def keep_auditing(config: Config) -> None:
    """Now, and then every so often, or never. What PostgreSQL cuts short is tried again."""
    every_s = config.audit.every_h * 3600
    while every_s:
        begun = monotonic()
        try:
            tallies = await _audit(config)
        except DATABASE_ERRORS as error:
            if not passes(error):
                raise
            log.warning("an audit was cut short", error=str(error) or type(error).__name__)
            await asyncio.sleep(min(RETRY_S, every_s))
            continue
        _tell(tallies, monotonic() - begun)
        await asyncio.sleep(max(0.0, begun + every_s - monotonic()))


async def _audit(config: Config) -> list[Tally]:
    sample = Sample(config.audit.sample) if config.audit.sample else None
    tallies: list[Tally] = []
    steps = audit(
        config.database.url,
        sample,
        repair=config.audit.repair,
        pause_s=config.audit.pause_ms / 1000,
        rows_at_once=config.audit.rows_at_once,
    )
    async for step in steps:
        tallies = step.tallies
    return tallies


def _tell(tallies: list[Tally], seconds: float) -> None:
    metrics.AUDIT_COMPARED.clear()  # this time nothing of a table may have been looked at
    metrics.AUDIT_DRIFTED.clear()
    for tally in tallies:
        metrics.AUDIT_COMPARED.labels(tally.table, tally.column).set(tally.compared)
        metrics.AUDIT_DRIFTED.labels(tally.table, tally.column).set(tally.drifted)
        metrics.AUDIT_MENDED.labels(tally.table, tally.column).inc(tally.mended)
    metrics.AUDIT_FINISHED.set(time())
    drifted = [tally for tally in tallies if tally.drifted]
    say = log.warning if drifted else log.info
    say(
        "audited",
        compared=sum(tally.compared for tally in tallies),
        drifted=sum(tally.drifted for tally in drifted),
        mended=sum(tally.mended for tally in drifted),
        where=", ".join(f"{tally.table}.{tally.column}" for tally in drifted) or "nowhere",
        seconds=seconds,
    )
