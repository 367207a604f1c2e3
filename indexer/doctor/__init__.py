"""Is everything as an indexer needs it? Looks, and changes nothing."""

from collections.abc import AsyncIterator
from pathlib import Path

from indexer.address import Address
from indexer.config import Config
from indexer.doctor import database, directory, machine, relay
from indexer.doctor.finding import Finding

__all__ = ["Finding", "examine"]


async def examine(
    config: Config, address: Address, data_dir: Path | None
) -> AsyncIterator[Finding]:
    """As they are found, the quick ones first. `config` names a database that runs, or none;
    `data_dir` is where an embedded one is, or will be."""
    for finding in machine.look(config, address.service, data_dir):
        yield finding
    cursor = None
    async with database.opened(config) as (connection, trouble):
        if connection is None:
            yield trouble
        else:
            async for finding in database.look(connection, config, address.service):
                yield finding
            cursor = await database.cursor(connection, address.service)
    yield await relay.look(config, address, cursor)
    if not config.services.skip_pds_fetching:
        for finding in await directory.look(config.services.plc_url):
            yield finding
