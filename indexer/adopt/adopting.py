"""Takes over a database of the older system, in place and in one transaction.

So it is done or it is not: whoever is killed on the way, this process or the server, the database
is as it was, and the same command begins anew. Meanwhile `run` and `migrate` refuse it.

Ours are filled beside the older tables, which others read on until the two change places; so it
takes as much room again. The older ones then stand, untouched, in the schema `older`, to be dropped
when nobody misses them. What no row of ours came of is in `adopted.aside`, what became of every
row in `adopted.report`: by that it is known later that the database was adopted, and a whole repo
that is fetched replaces what is older, whatever its CID says.
"""

from contextlib import suppress

import asyncpg
from asyncpg import Connection, Record

from indexer.adopt.carrying import Carrying, Told
from indexer.adopt.files import load
from indexer.adopt.found import Found, check_owner, check_room, look
from indexer.adopt.older import ours
from indexer.adopt.report import Report, tally
from indexer.database import DatabaseRefused, connect, lost
from indexer.database.schema import ADOPTING, LOCK, bring_up

SETTINGS = "SET LOCAL maintenance_work_mem = '256MB'; SET LOCAL work_mem = '64MB'"
WRITERS_S, READERS_S = 30, 600  # how long those who use the tables are waited for
UNTOUCHED = "The database is as it was"
IN_USE = (
    "somebody uses the tables: stop the older workers and whatever else writes, and try again. "
    f"{UNTOUCHED}"
)
OURS = "this database was made by an indexer like this one: there is nothing to adopt"


class _TakenBack(Exception):
    """It was a dry run."""


async def adopt(
    url: str, told: Told, *, relay: str | None = None, dry_run: bool = False
) -> Report | None:
    """None: it is adopted already. `relay` is what a cursor is of that names no host. Raises
    `DatabaseRefused`, and leaves the database as it was, as does a dry run."""
    connection = await connect(url, ADOPTING)
    report = None
    try:
        with suppress(_TakenBack):
            # Whoever writes while it is tried shall not make the sums differ.
            isolation = "repeatable_read" if dry_run else "read_committed"
            async with connection.transaction(isolation=isolation):
                report = await _adopt(connection, told, relay, dry_run)
                if dry_run:
                    raise _TakenBack
    except asyncpg.LockNotAvailableError as error:
        raise DatabaseRefused(IN_USE) from error
    except asyncpg.PostgresError as error:
        if lost(error):
            raise
        raise DatabaseRefused(f"{' '.join(str(error).split())} {UNTOUCHED}") from error
    finally:
        await connection.close()
    return report


async def _adopt(
    connection: "Connection[Record]", told: Told, relay: str | None, dry_run: bool
) -> Report | None:
    await connection.execute(load("go_with_client"))
    await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
    if await connection.fetchval("SELECT to_regclass('schema_version') IS NOT NULL"):
        if await connection.fetchval("SELECT to_regclass('adopted.report') IS NULL"):
            raise DatabaseRefused(OURS)
        return None
    found = await look(connection)
    await check_owner(connection, found)
    if not dry_run:
        await _lock(connection, found)
    path = await _make_ours(connection, found)
    carrying = Carrying(connection, found, relay, told)
    await carrying.carry()
    await tally(connection, carrying.report, carrying.made)
    told("statistics", 0.99)
    await connection.execute(f"ANALYZE {', '.join(ours())}")
    if not dry_run:
        await _change_places(connection, found, path)
    return carrying.report


async def _lock(connection: "Connection[Record]", found: Found) -> None:
    """Against writers; readers go on."""
    tables = ", ".join(f'"{found.home}".{name}' for name in found.types)
    await connection.execute(f"SET LOCAL lock_timeout = '{WRITERS_S}s'")
    await connection.execute(f"LOCK TABLE {tables} IN SHARE MODE")


async def _make_ours(connection: "Connection[Record]", found: Found) -> str:
    """Our tables, empty, in a schema of their own. Returns the search path as it was."""
    path: str = await connection.fetchval("SHOW search_path")
    await connection.execute(SETTINGS)
    await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    await connection.execute("CREATE SCHEMA adopting")
    await connection.execute(f"SET LOCAL search_path = adopting, {path}")
    await bring_up(connection)
    names = await connection.fetch(load("relations"), "adopting")
    await check_room(connection, found, [name for (name,) in names])
    await connection.execute("CREATE SCHEMA older")
    await connection.execute("CREATE SCHEMA adopted")
    return path


async def _change_places(connection: "Connection[Record]", found: Found, path: str) -> None:
    await connection.execute(f"SET LOCAL lock_timeout = '{READERS_S}s'")
    await connection.execute(f"SET LOCAL search_path = {path}")
    for tie in found.ties:
        await connection.execute(tie.without)
    await connection.execute("DROP SCHEMA older CASCADE")
    await connection.execute("CREATE SCHEMA older")
    for name in found.types:
        await connection.execute(f'ALTER TABLE "{found.home}".{name} SET SCHEMA older')
    for name in found.derived:
        await connection.execute(f'ALTER TABLE "{found.home}".{name} SET SCHEMA older')
    for (move,) in await connection.fetch(load("moves"), "adopting", found.home):
        await connection.execute(move)
    await connection.execute("DROP SCHEMA adopting")
    for statement in (*(tie.anew for tie in found.ties if tie.anew), *found.grants):
        await connection.execute(statement)
