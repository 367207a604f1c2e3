"""Brings a database to the schema of this version, once, however many begin at the same time.

An empty database gets `sql/tables/`, `sql/functions/` and `sql/views/`; one of an older version
the files of `sql/migrations/` that it has not had, in their order, between its functions and views
going and ours coming. `schema_version` remembers all of them with their checksums, so that a
database made from other files is refused instead of half understood.
"""

from collections.abc import Mapping
from pathlib import Path

import asyncpg

from indexer.database.files import SCHEMA, TABLES, Files, read_files
from indexer.database.lifting import lift
from indexer.database.session import SQL, DatabaseRefused, connect, load_query

LOCK = 0x494E4458  # any number; nothing else of ours takes it
ADOPTING = "indexer adopt"  # what its session is called, which holds `LOCK` for as long as it takes
REPLACED = ("functions/", "views/")
ADVICE = (
    "the schema is made in an empty database, by the database's owner; `indexer adopt` takes over "
    "one of the older system"
)


async def migrate(url: str, sql: Path = SQL) -> list[str]:
    """Names of what was applied, in order; nothing where the database is up to date. Raises
    `DatabaseRefused`, and leaves the database as it was."""
    connection = await connect(url, "indexer migrate")
    try:
        async with connection.transaction():
            await _wait_for_turn(connection)
            return await bring_up(connection, sql)
    except (
        asyncpg.DuplicateTableError,
        asyncpg.DuplicateObjectError,
        asyncpg.InsufficientPrivilegeError,
    ) as error:
        raise DatabaseRefused(f"{error}: {ADVICE}") from error
    finally:
        await connection.close()


async def _wait_for_turn(connection: asyncpg.Connection) -> None:
    """Whoever else makes the schema is done in a moment; an adoption takes hours."""
    if await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", LOCK):
        return
    holder = await connection.fetchrow(load_query("lock_holder"), LOCK)
    if holder is not None and holder["application_name"] == ADOPTING:
        raise DatabaseRefused(
            f"`{ADOPTING}` is taking this database over (its session has pid {holder['pid']}): "
            "begin when it is done"
        )
    await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)


async def bring_up(connection: asyncpg.Connection, sql: Path = SQL) -> list[str]:
    """As `migrate`, within a transaction that holds `LOCK`."""
    await connection.execute(load_query("set_utc"))
    files = read_files(sql)
    if await _is_empty(connection):
        for path in files.schema:
            await connection.execute(path.read_text(encoding="utf-8"))
        await _remember(connection, files.checksums())
        return [SCHEMA]
    due, other, stood = await _compare(connection, files)
    if due or other:
        await lift(connection, files, stood, due)
    now = files.checksums()
    await _remember(connection, {n: c for n, c in now.items() if n not in files.migrations})
    await _remember(connection, {name: now[name] for name in due})
    gone = [name for name in stood if name not in files.replaced]
    await connection.execute(load_query("forget_versions"), gone)
    return [*due, *other]


async def outstanding(connection: asyncpg.Connection, sql: Path = SQL) -> list[str]:
    """What `migrate` would apply. Changes nothing. Raises `DatabaseRefused`."""
    if await _is_empty(connection):
        return [SCHEMA]
    due, other, _ = await _compare(connection, read_files(sql))
    return [*due, *other]


async def _is_empty(connection: asyncpg.Connection) -> bool:
    return bool(await connection.fetchval("SELECT to_regclass('schema_version') IS NULL"))


async def _compare(
    connection: asyncpg.Connection, files: Files
) -> tuple[list[str], list[str], list[str]]:
    """Which migrations are due, which functions and views are others than ours, and which of those
    stand there. Raises `DatabaseRefused`."""
    now = files.checksums()
    rows = await connection.fetch("SELECT name, checksum FROM schema_version")
    applied = _recorded({row["name"]: row["checksum"] for row in rows}, now, files)
    due = [name for name in files.migrations if name not in applied]
    _check(applied, now, due)
    stood = {name for name in applied if name.startswith(REPLACED)}
    other = [n for n in stood | files.replaced.keys() if applied.get(n) != now.get(n)]
    return due, sorted(other), sorted(stood)


def _recorded(applied: dict[str, str], now: Mapping[str, str], files: Files) -> dict[str, str]:
    """Once all files had one row together: then all are as now, or nobody knows which are."""
    if TABLES in applied:
        return applied
    same = applied.get(SCHEMA) == now[SCHEMA]
    return applied | {name: now[name] if same else "" for name in (TABLES, *files.replaced)}


def _check(applied: Mapping[str, str], now: Mapping[str, str], due: list[str]) -> None:
    unknown = sorted(n for n in applied.keys() - now.keys() if not n.startswith(REPLACED))
    if unknown:
        raise DatabaseRefused(
            f"the database is of a newer version, which applied {', '.join(unknown)}: "
            "run that version, or a newer one"
        )
    several = (SCHEMA, TABLES, *(name for name in applied if name.startswith(REPLACED)))
    changed = [name for name, was in applied.items() if name not in several and was != now[name]]
    if changed:
        raise DatabaseRefused(
            f"{', '.join(sorted(changed))} changed after it was applied here: run the version that "
            "applied it, or one whose files are as released"
        )
    if not due and applied[TABLES] != now[TABLES]:
        raise DatabaseRefused(
            "the database was made from other tables than this version's, and no migration leads "
            "from those to these: run the version that made it, or start with an empty database"
        )


async def _remember(connection: asyncpg.Connection, checksums: Mapping[str, str]) -> None:
    await connection.executemany(load_query("remember_version"), list(checksums.items()))
