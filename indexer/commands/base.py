"""What every command does: read the settings, reach the database, say what went wrong."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import asyncpg
import msgspec
import typer
from rich.console import Console

from indexer import config as settings
from indexer import database, postgres
from indexer.address import Address, read_address
from indexer.config import Config, ConfigError
from indexer.coordinator.http.target import read_listed
from indexer.coordinator.resolver import allowed_hosts
from indexer.labels import Unable
from indexer.log import configure
from indexer.protocol.syntax import LONGEST_DID, is_did
from indexer.supervisor import Broken
from indexer.web import PortTaken

KNOWN = (
    ConfigError,
    database.DatabaseRefused,
    postgres.NoPostgres,
    PortTaken,
    Broken,
    Unable,
)
MISTAKEN = (  # in DATABASE_URL
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientPrivilegeError,
    asyncpg.ReadOnlySQLTransactionError,  # it is a replica
)
Revive = Callable[[], None]
UNSEEN_COLUMNS = 1000


def _watched() -> bool:
    """By somebody whose window has a width, or who says one."""
    return sys.stdout.isatty() or bool(os.environ.get("COLUMNS"))


# What it shows came from the network: "[/b]" is no markup and ":x:" no emoji.
# In a pipe or a file nothing is cut to a width that nobody sees.
console = Console(markup=False, emoji=False, width=None if _watched() else UNSEEN_COLUMNS)


def read_settings() -> tuple[Config, Address]:
    config = settings.load()
    configure(config.log.level, "indexer")
    try:
        read_listed(allowed_hosts(config))
        address = read_address(config.relay.url)
    except ValueError as error:
        raise ConfigError(str(error)) from None
    for did in filter(None, config.services.labelers):
        if not is_did(did):
            raise ConfigError(f"services.labelers: {did!r} is no DID (LABELERS)")
    return config, address


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
        raise ConfigError(
            f"there is no database in {data_dir.absolute()} yet, and DATABASE_URL is not set: "
            "`indexer run` makes one, DATA_DIR names another place"
        )
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
        fail(str(error))
    except asyncpg.UndefinedTableError as error:
        fail(f"{error}: has `indexer migrate` made this database?")
    except MISTAKEN as error:
        fail(f"cannot use the database: {error}")
    except asyncpg.DiskFullError as error:
        fail(f"PostgreSQL has no room: {error}: make some on its disk")
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        if not database.lost(error):
            raise
        fail(f"cannot reach the database: {str(error) or type(error).__name__}")
    except (KeyboardInterrupt, asyncio.CancelledError):
        fail("stopped at once; what was in hand will be done again")


def checked_dids(dids: list[str]) -> list[str]:
    for did in dids:
        if not is_did(did) or len(did) > LONGEST_DID:
            fail(f"{did!r} is no DID: it is like did:plc:44ybard66vv44zksje25o7dz")
    return dids


def fail(text: str) -> NoReturn:
    typer.echo(f"indexer: {text}", err=True)
    raise typer.Exit(1)
