"""Sessions with PostgreSQL: what they are set to, what they need, which errors mean one is lost.

A URL is never shown whole: it may hold a password.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import urlsplit

import asyncpg

from indexer.database.arrays import ARRAYS

SQL = Path(__file__).parents[2] / "sql"
OLDEST_SERVER = 15
# Whatever a call may raise for the server's or the connection's sake; `lost` tells them apart.
DATABASE_ERRORS = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # also when a connection ends in the middle of an operation
    OSError,
)
LOST = (
    asyncpg.InternalClientError,
    OSError,  # refused, reset, timed out, no such socket
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.IdleSessionTimeoutError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.TooManyConnectionsError,
    asyncpg.ReadOnlySQLTransactionError,  # the old primary, after a failover
)
Synchronous = Literal["on", "off"]
FOR_EVER = 2**62
# Where every row is reached by key: a plan made while the tables were empty would scan for ever.
BY_KEY = MappingProxyType({"enable_seqscan": "off", "plan_cache_mode": "force_generic_plan"})
STATEMENTS = 1000  # kept prepared, which is all: a shard has more than the driver's usual hundred
NO_SETTINGS: Mapping[str, str] = MappingProxyType({})


class DatabaseRefused(RuntimeError):
    """The database cannot serve us, and waiting will not help; the text says why."""


async def connect(
    url: str, name: str, *, synchronous_commit: Synchronous = "on"
) -> asyncpg.Connection:
    """A connection of its own; `name` is what pg_stat_activity shows of us."""
    connection = await asyncpg.connect(**_options(url, name, synchronous_commit))
    try:
        await _begin(connection)
    except DatabaseRefused:
        await connection.close()
        raise
    return connection


async def open_pool(
    url: str,
    name: str,
    size: int,
    *,
    synchronous_commit: Synchronous = "on",
    settings: Mapping[str, str] = NO_SETTINGS,
    ended: Callable[[], None] | None = None,
) -> asyncpg.Pool:
    """A pool of at most `size` connections, the first of them open, each with these settings beside
    the usual. `ended` is called when one of them ends, which none does by itself: the pool makes a
    new one without a word. The caller closes it, and changes no session: what it sets is set for a
    transaction, for nobody resets it."""
    options = _options(url, name, synchronous_commit)
    options["server_settings"] |= settings

    async def begin(connection: asyncpg.Connection) -> None:
        await _begin(connection)
        if ended is not None:
            connection.add_termination_listener(lambda _: ended())

    pool = await asyncpg.create_pool(
        **options,
        # With a least size the driver would keep it up while there is no server, and log each try.
        min_size=0,
        max_size=size,
        max_queries=FOR_EVER,
        max_inactive_connection_lifetime=0,
        init=begin,
        reset=_leave,
    )
    async with pool.acquire():
        return pool


@cache
def load_query(name: str) -> str:
    """The statement in `sql/queries/<name>.sql`."""
    return (SQL / "queries" / f"{name}.sql").read_text(encoding="utf-8")


def load_queries() -> dict[str, str]:
    """Every named statement, by name."""
    return {path.stem: load_query(path.stem) for path in sorted((SQL / "queries").glob("*.sql"))}


def lost(error: BaseException) -> bool:
    """Whether the connection is gone, or could not be had, and a new one may do better."""
    if isinstance(error, asyncpg.InterfaceError):
        # One class for calls on a closed connection and for wrong calls: only the text tells.
        return any(words in str(error) for words in ("is closed", "is closing", "released back"))
    return isinstance(error, LOST)


async def check_room(connection: asyncpg.Connection, wanted: int) -> None:
    """Whether the server lets in as many connections as all our processes may open."""
    allowed = await connection.fetchval(load_query("connections_allowed"))
    if wanted > allowed:
        raise DatabaseRefused(
            f"up to {wanted} connections are wanted and the server allows {allowed}: "
            "lower DB_POOL_SIZE, or raise the server's max_connections"
        )


def shown(url: str) -> str:
    """The URL without user, password and options."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        return f"{parts.scheme}://{f'{host}:{parts.port}' if parts.port else host}{parts.path}"
    except ValueError:
        return "a URL that cannot be read"


def _options(url: str, name: str, synchronous_commit: Synchronous) -> dict[str, Any]:
    _check_url(url)
    return {
        "dsn": url,
        "statement_cache_size": STATEMENTS,
        "server_settings": {
            "application_name": name,
            "timezone": "UTC",
            "synchronous_commit": synchronous_commit,
            # Effects meet by reading later what they waited for, whatever the server's default is.
            "default_transaction_isolation": "read committed",
            "jit": "off",  # takes large arrays for work worth compiling, a tenth of a second each
        },
    }


def _check_url(url: str) -> None:
    """Before the driver reads it: its errors quote what they could not read."""
    readable = True
    try:
        parts = urlsplit(url)
        readable = parts.scheme in ("postgres", "postgresql") and (parts.port or 1) > 0
    except ValueError:
        readable = False
    if not readable:
        raise DatabaseRefused(
            "the database's URL cannot be read: it is postgresql://user:password@host:port/name, "
            "with %-escapes for what is special in the password"
        )


async def _begin(connection: asyncpg.Connection) -> None:
    await _check_version(connection)
    settings = connection.get_settings()
    for array in ARRAYS:  # `set_type_codec` does the same for other types than arrays
        settings.add_python_codec(
            array.oid, array.name, "pg_catalog", [], "array", array.encode, array.decode, "binary"
        )


async def _leave(connection: asyncpg.Connection) -> None:
    """As it is: the driver would ask the server to forget settings and locks at every release."""


async def _check_version(connection: asyncpg.Connection) -> None:
    major = connection.get_server_version().major
    if major < OLDEST_SERVER:
        raise DatabaseRefused(
            f"PostgreSQL {major} is too old: {OLDEST_SERVER} is the oldest we use"
        )
