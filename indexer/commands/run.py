"""Index the firehose, and bring the database to the schema."""

import asyncio
import os
from collections.abc import Callable
from typing import Annotated

import structlog
import typer
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
from indexer.terminal.display import Display
from indexer.terminal.screen import can_show

log = structlog.get_logger()


def run(
    plain: Annotated[
        bool, typer.Option("--plain", help="Log lines also in a terminal, no display.")
    ] = False,
) -> None:
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
            _run(config, address, revive, None if plain or not can_show() else Display())


def migrate() -> None:
    """Bring the database to the schema of this version."""
    with said_plainly():
        config, _ = read_settings()
        with reached(config) as (config, _):
            applied = asyncio.run(database.migrate(config.database.url))
            where = database.shown(config.database.url)
    console.print(f"{where}: {'applied ' + ', '.join(applied) if applied else 'up to date'}")


def _run(config: Config, address: Address, revive: Revive, display: Display | None) -> None:
    def begun(port: int) -> None:
        _announce(config, address, port)
        if display is not None:
            display.start(config.metrics.host, port)

    try:
        uvloop.run(_supervised(config, address, revive, begun))
    finally:
        if display is not None:
            display.close()


async def _supervised(
    config: Config, address: Address, revive: Revive, begun: Callable[[int], None]
) -> None:
    await Supervisor(config, address, revive).run(begun)


def _announce(config: Config, address: Address, port: int) -> None:
    """One screen: what it does, and where to look."""
    shards, base = config.shards.total(), f"http://{config.metrics.host}"
    first = config.metrics.port
    others = f"coordinator :{first + 1}, shards :{first + 2} to :{first + 1 + shards}"
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_row("relay", address.url or address.service)
    table.add_row("database", database.shown(config.database.url))
    table.add_row("shards", str(shards))
    table.add_row("page", f"{base}:{port}/")
    table.add_row("metrics", f"{base}:{port}/metrics, also /health, /ready, /status")
    table.add_row("", f"{base}, {others if first else 'others on any free port'}")
    table.add_row("process", f"pid {os.getpid()}; ctrl-C finishes what is in hand and ends")
    console.print(table)
