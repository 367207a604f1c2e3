"""The command line: run, migrate, status, quarantine.

What can go wrong in a known way is said in one line, without a traceback; the exit code is 1.
"""

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import asyncpg
import msgspec
import structlog
import typer
import uvloop
from rich.console import Console
from rich.table import Table

from indexer import config as settings
from indexer import database, postgres, status
from indexer.address import Address, read_address
from indexer.config import Config, ConfigError
from indexer.log import configure
from indexer.supervisor import Broken, Supervisor
from indexer.web import PortTaken

KNOWN = (ConfigError, database.DatabaseRefused, postgres.NoPostgres, PortTaken, Broken)
MISTAKEN = (  # in DATABASE_URL
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
)
HEX_COLUMNS = 64
Revive = Callable[[], None]

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
quarantine = typer.Typer(no_args_is_help=True, help="What was refused, and why.")
app.add_typer(quarantine, name="quarantine")

console = Console()
log = structlog.get_logger()


@app.callback()
def indexer() -> None:
    """Keeps the network's firehose as rows in PostgreSQL."""


@app.command()
def run() -> None:
    """Index the relay's firehose, until told to stop."""
    with said_plainly():
        config, address = read_settings()
        configure(config.log.level, "parent")
        for name in settings.obsolete():
            log.warning("this setting of the older system has no meaning here", variable=name)
        with reached(config) as (config, revive):
            asyncio.run(database.migrate(config.database.url))
            uvloop.run(_supervised(config, address, revive))


@app.command()
def migrate() -> None:
    """Bring the database to the schema of this version."""
    with said_plainly():
        config, _ = read_settings()
        with reached(config) as (config, _):
            applied = asyncio.run(database.migrate(config.database.url))
            where = database.shown(config.database.url)
    console.print(f"{where}: {'applied ' + ', '.join(applied) if applied else 'up to date'}")


@app.command(name="status")
def show_status(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Show the cursor, lag, rates, what waits and what was refused."""
    with said_plainly():
        config, address = read_settings()
        with reached(config, existing=True) as (config, _):
            found = asyncio.run(status.status(config.database.url, address.service, config.metrics))
    if as_json:
        print(json.dumps(found, indent=2, default=str))
    else:
        console.print(status.shown(found))


@quarantine.command(name="list")
def list_quarantine(
    reason: Annotated[str | None, typer.Option(help="Only of this reason.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many, the newest.", min=1)] = 50,
) -> None:
    """List what was refused, the newest first."""
    with said_plainly():
        config, _ = read_settings()
        with reached(config, existing=True) as (config, _):
            rows = asyncio.run(status.list_quarantine(config.database.url, reason, limit))
    table = Table("id", "when", "reason", "seq", "whose", "what was wrong")
    for row in rows:
        whose = row["uri"] or row["did"] or ""
        when = f"{row['created_at']:%Y-%m-%d %H:%M:%S}"
        table.add_row(
            str(row["id"]), when, row["reason"], str(row["seq"] or ""), whose, row["detail"]
        )
    console.print(table if rows else "nothing")


@quarantine.command(name="show")
def show_quarantine(
    number: Annotated[int, typer.Argument(metavar="ID")],
    raw: Annotated[
        Path | None, typer.Option(help="Write the frame, or else the record, to this file.")
    ] = None,
) -> None:
    """Show one thing that was refused, with its bytes."""
    with said_plainly():
        config, _ = read_settings()
        with reached(config, existing=True) as (config, _):
            row = asyncio.run(status.show_quarantine(config.database.url, number))
    if row is None:
        _fail(f"nothing in quarantine has the id {number}")
    table = Table(show_header=False, box=None)
    for name, value in row.items():
        if isinstance(value, bytes):
            value = f"{len(value)} bytes, {value[:HEX_COLUMNS].hex()}…"
        table.add_row(name, str(value) if value is not None else "")
    console.print(table)
    if raw is not None:
        raw.write_bytes(row["frame"] or row["record"] or b"")


def read_settings() -> tuple[Config, Address]:
    config = settings.load()
    try:
        return config, read_address(config.relay.url)
    except ValueError as error:
        raise ConfigError(str(error)) from None


@contextmanager
def reached(config: Config, *, existing: bool = False) -> Iterator[tuple[Config, Revive]]:
    """The config with the URL of a database that runs as long as the block lasts: the one that was
    named, or else our own; and what starts it again, should it have died. `existing` refuses to
    make one."""
    if config.database.url:
        yield config, _nothing
        return
    data_dir = Path(config.database.data_dir)
    if existing and not data_dir.is_dir():
        raise ConfigError(f"there is no database in {data_dir} yet, and DATABASE_URL is not set")
    with postgres.running(data_dir) as server:
        own = msgspec.structs.replace(config.database, url=server.url)
        yield msgspec.structs.replace(config, database=own), server.start


def _nothing() -> None:
    """Who named a database looks after it."""


@contextmanager
def said_plainly() -> Iterator[None]:
    try:
        yield
    except KNOWN as error:
        _fail(str(error))
    except asyncpg.UndefinedTableError as error:
        _fail(f"{error}: has `indexer migrate` made this database?")
    except MISTAKEN as error:
        _fail(f"cannot use the database: {error}")
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        if not database.lost(error):
            raise
        _fail(f"cannot reach the database: {str(error) or type(error).__name__}")
    except (KeyboardInterrupt, asyncio.CancelledError):
        _fail("stopped at once; what was in hand will be done again")


def _fail(text: str) -> NoReturn:
    typer.echo(f"indexer: {text}", err=True)
    raise typer.Exit(1)


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
