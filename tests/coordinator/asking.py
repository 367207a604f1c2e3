"""A client with short waits, and one stranger it may ask."""

from contextlib import asynccontextmanager

import msgspec

from indexer import config
from indexer.coordinator.http import opened
from load.network.names import naming
from tests.coordinator.strangers import living

LIMITS = msgspec.structs.replace(
    config.load({}).http, backoff_first_s=0.001, backoff_max_s=0.01, try_s=5
)
HASTY = msgspec.structs.replace(LIMITS, try_s=0.1, retries=1)
ONCE = msgspec.structs.replace(LIMITS, retries=0)
NAME = "pds.test"


@asynccontextmanager
async def asking(stranger, limits=LIMITS, server_tls=None, **how):
    """A client, and the URL of the stranger, whom an operator listed by name."""
    async with naming() as (names, dns), living(stranger, tls=server_tls) as port:
        names.says[NAME] = [["127.0.0.1"]]
        async with opened(limits, [f"{NAME}:{port}"], dns=dns, **how) as client:
            yield client, f"{'https' if server_tls else 'http'}://{NAME}:{port}/x?secret=1"
