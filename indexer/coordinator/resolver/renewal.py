"""Resolves again, by and by, who was resolved long ago: not every change is heard of.

So slowly that nobody minds, the longest due first, and not while the directory rests. A row that
was claimed and could not be renewed comes again after a while.
"""

import asyncio
from datetime import timedelta

import structlog
from asyncpg import Pool, Record

from indexer.config import Config
from indexer.coordinator.http import Client, NoAnswer
from indexer.coordinator.resolver.directory import host_of
from indexer.coordinator.resolver.resolver import Resolver
from indexer.database import DATABASE_ERRORS, load_query, passes

CLAIM, NOW = load_query("claim_renewals"), "SELECT clock_timestamp()"
CLAIMED_AT_ONCE = 20
AGAIN = timedelta(hours=1)
IDLE_S = 30.0

log = structlog.get_logger()


async def keep_renewing(
    resolver: Resolver, pool: "Pool[Record]", config: Config, client: Client
) -> None:
    """Until it is cancelled."""
    directory = client.hosts[host_of(config.services.plc_url)]
    pause_s = 60 / config.resolver.renewals_per_minute
    while True:
        claimed = 0
        try:
            if not directory.resting:
                claimed = await _renew_some(resolver, pool, config, pause_s)
        except DATABASE_ERRORS as error:
            if not passes(error):
                raise
            log.warning("cannot renew identities", error=str(error))
        if not claimed:
            await asyncio.sleep(IDLE_S)


async def _renew_some(
    resolver: Resolver, pool: "Pool[Record]", config: Config, pause_s: float
) -> int:
    later = timedelta(hours=config.resolver.renew_h)
    claimed = await pool.fetch(CLAIM, CLAIMED_AT_ONCE, AGAIN, later)
    for did, is_user in claimed:
        if is_user:
            await _renew(resolver, pool, did)
            await asyncio.sleep(pause_s)
    return len(claimed)


async def _renew(resolver: Resolver, pool: "Pool[Record]", did: str) -> None:
    try:
        await resolver.resolve(did, not_before=await pool.fetchval(NOW))
    except NoAnswer as error:
        log.debug("cannot renew an identity", did=did, error=str(error))
