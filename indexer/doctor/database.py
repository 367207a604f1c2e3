"""What PostgreSQL says of itself."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from indexer import database
from indexer.config import Config
from indexer.database import load_query
from indexer.doctor import settings
from indexer.doctor.directory import clock
from indexer.doctor.finding import Finding, better, well, wrong

ABOUT = "PostgreSQL"
START = "start it, or check DATABASE_URL"
ROOM = "make room on its disk"


@asynccontextmanager
async def opened(config: Config) -> AsyncIterator[tuple[asyncpg.Connection | None, Finding]]:
    """A connection, or none and why."""
    if not config.database.url:
        found = f"none yet in {config.database.data_dir}: the first start of the indexer makes it"
        yield None, well(ABOUT, found)
        return
    where = database.shown(config.database.url)
    try:
        connection = await database.connect(config.database.url, "indexer doctor")
    except database.DatabaseRefused as error:
        yield None, wrong(ABOUT, str(error), "use another server")
        return
    except database.DATABASE_ERRORS as error:
        todo = ROOM if isinstance(error, asyncpg.DiskFullError) else START
        yield None, wrong(ABOUT, f"{where}: {str(error) or type(error).__name__}", todo)
        return
    try:
        yield connection, well(ABOUT, where)
    finally:
        await connection.close()


async def look(
    connection: asyncpg.Connection, config: Config, service: str
) -> AsyncIterator[Finding]:
    found = await connection.fetchrow(load_query("doctor"))
    assert found is not None  # the database that we are in
    where = database.shown(config.database.url)
    size = f"{found['bytes'] / 1e6:,.0f} MB"
    yield well(ABOUT, f"{found['version']}, {where}, {size}")
    yield clock("its clock", time.time() - found["now"], "PostgreSQL's")
    yield await _schema(connection)
    if found["encoding"] != "UTF8":
        advice = "make a database with ENCODING 'UTF8': the network writes all alphabets"
        yield wrong("encoding", str(found["encoding"]), advice)
    if not found["utc"]:
        advice = "`indexer migrate` sets it: readers append +0000 to what they get"
        yield better("time zone", "the database's is not UTC", advice)
    yield await _room(connection, config)
    for finding in settings.judge(
        await connection.fetch(load_query("doctor_settings"), settings.NAMES)
    ):
        yield finding
    holder = await database.holder(connection, service)
    yield well("indexer", holder if holder else "none runs on this database")


async def cursor(connection: asyncpg.Connection, service: str) -> int | None:
    try:
        row = await connection.fetchrow(load_query("read_cursor"), service)
    except asyncpg.UndefinedTableError:
        return None  # no schema yet
    return row["cursor"] if row else None


async def _schema(connection: asyncpg.Connection) -> Finding:
    try:
        due = await database.outstanding(connection)
    except database.DatabaseRefused as error:
        return wrong("schema", str(error), "this version cannot use it")
    if due:
        found = f"to be applied: {', '.join(due)}"
        return better("schema", found, "`indexer migrate` or the next start does it")
    return well("schema", "of this version")


async def _room(connection: asyncpg.Connection, config: Config) -> Finding:
    wanted = config.database.pool_size
    try:
        await database.check_room(connection, wanted)
    except database.DatabaseRefused as error:
        return wrong("connections", str(error), "")
    return well("connections", f"there is room for the {wanted} of DB_POOL_SIZE")
