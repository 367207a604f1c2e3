"""Index the firehose, and bring the database to the schema."""

import asyncio
import os

import structlog
import uvloop
from rich.table import Table

from indexer import config as settings
from indexer import database
from indexer.address import Address
from indexer.collector import collect_seldom
from indexer.commands.base import Revive, console, reached, read_settings, said_plainly
from indexer.config import Config
from indexer.labels import author_of
from indexer.log import configure
from indexer.supervisor import Supervisor

log = structlog.get_logger()


def run() -> None:
    """Index the relay's firehose, until told to stop."""
    with said_plainly():
        config, address = read_settings()
        configure(config.log.level, "parent")
        for name in settings.obsolete():
            log.warning("this setting of the older system has no meaning here", variable=name)
        if config.labels.did:
            author_of(config.labels)  # says now what is wrong with it
        with reached(config) as (config, revive):
            asyncio.run(database.migrate(config.database.url))
            collect_seldom()
            uvloop.run(_supervised(config, address, revive))


def migrate() -> None:
    """Bring the database to the schema of this version."""
    with said_plainly():
        config, _ = read_settings()
        with reached(config) as (config, _):
            applied = asyncio.run(database.migrate(config.database.url))
            where = database.shown(config.database.url)
    console.print(f"{where}: {'applied ' + ', '.join(applied) if applied else 'up to date'}")


async def _supervised(config: Config, address: Address, revive: Revive) -> None:
    supervisor = Supervisor(config, address, revive)
    await supervisor.run(lambda port: _announce(config, address, port))


def _announce(config: Config, address: Address, port: int) -> None:
    """One screen: what it does, and where to look."""
    shards, base = config.shards.total(), f"http://{config.metrics.host}"
    first = config.metrics.port
    others = f"coordinator :{first + 1}, shards :{first + 2} to :{first + 1 + shards}"
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_row("relay", address.url or address.service)
    table.add_row("database", database.shown(config.database.url))
    table.add_row("shards", str(shards))
    table.add_row("metrics", f"{base}:{port}/metrics, also /health, /ready, /status")
    table.add_row("", f"{base}, {others if first else 'others on any free port'}")
    table.add_row("process", f"pid {os.getpid()}; ctrl-C finishes what is in hand and ends")
    console.print(table)
