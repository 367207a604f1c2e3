"""Who somebody is: handle, PDS and keys of a DID, asked of strangers and kept.

`documents` and `handles` ask, `asking` judges what they say together, `store` keeps it in table
`identities` and shows the handle in `users`, `resolver` spares the world what is known already,
`renewal` asks again after a week.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from asyncpg import Pool, Record

from indexer.config import Config
from indexer.coordinator.http import Client
from indexer.coordinator.resolver.directory import allowed_hosts
from indexer.coordinator.resolver.found import Found, Gone, Identity, Unknown
from indexer.coordinator.resolver.renewal import keep_renewing
from indexer.coordinator.resolver.resolver import Resolver

__all__ = ["Found", "Gone", "Identity", "Resolver", "Unknown", "allowed_hosts", "resolving"]


@asynccontextmanager
async def resolving(
    config: Config, pool: "Pool[Record]", client: Client
) -> AsyncIterator[Resolver]:
    """A resolver that also renews, for as long as the block lasts. The client is to be opened with
    `allowed_hosts`; the pool commits synchronously."""
    resolver = Resolver(client, pool, config)
    async with asyncio.TaskGroup() as group:
        renewing = None
        if not config.services.skip_pds_fetching:
            renewing = group.create_task(keep_renewing(resolver, pool, config, client))
        try:
            yield resolver
        finally:
            if renewing is not None:
                renewing.cancel()
            await resolver.close()
