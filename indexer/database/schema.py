"""Brings a database to the schema of this version, once, however many begin at the same time.

An empty database gets `sql/tables/`, `sql/functions/` and `sql/views/`; one of an older version the
files of `sql/migrations/` that it has not had, in their order. `schema_version` remembers both with
their checksums, so that a database made from other files is refused instead of half understood.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import asyncpg

from indexer.database.session import SQL, DatabaseRefused, connect, load_query

LOCK = 0x494E4458  # any number; nothing else of ours takes it
SCHEMA = "schema"  # the row that stands for all of them
PARTS = ("tables", "functions", "views")  # in this order: each may use what comes before
ADVICE = "the schema is made in an empty database, by the database's owner"


async def migrate(url: str, sql: Path = SQL) -> list[str]:
    """Names of what was applied, in order; nothing where the database is up to date. Raises
    `DatabaseRefused`, and leaves the database as it was."""
    connection = await connect(url, "indexer migrate")
    try:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
            return await _bring_up(connection, sql)
    except (
        asyncpg.DuplicateTableError,
        asyncpg.DuplicateObjectError,
        asyncpg.InsufficientPrivilegeError,
    ) as error:
        raise DatabaseRefused(f"{error}: {ADVICE}") from error
    finally:
        await connection.close()


def checksum(paths: Iterable[Path]) -> str:
    """Of what the files say to PostgreSQL: comments and white space do not count."""
    said = " ".join(re.sub(r"--.*", "", path.read_text()) for path in paths)
    return hashlib.sha256(" ".join(said.split()).encode()).hexdigest()


async def _bring_up(connection: asyncpg.Connection, sql: Path) -> list[str]:
    await connection.execute(load_query("set_utc"))
    schema = [path for part in PARTS for path in sorted((sql / part).glob("*.sql"))]
    migrations = {path.stem: path for path in sorted((sql / "migrations").glob("*.sql"))}
    now = {SCHEMA: checksum(schema)} | {n: checksum([p]) for n, p in migrations.items()}
    if await connection.fetchval("SELECT to_regclass('schema_version') IS NULL"):
        for path in schema:
            await connection.execute(path.read_text())
        await _remember(connection, now)
        return [SCHEMA]

    rows = await connection.fetch("SELECT name, checksum FROM schema_version")
    applied = {row["name"]: row["checksum"] for row in rows}
    due = [name for name in migrations if name not in applied]
    _check(applied, now, due)
    for name in due:
        await connection.execute(migrations[name].read_text())
    await _remember(connection, {name: now[name] for name in (SCHEMA, *due)})
    return due


def _check(applied: Mapping[str, str], now: Mapping[str, str], due: list[str]) -> None:
    unknown = sorted(applied.keys() - now.keys())
    if unknown:
        raise DatabaseRefused(
            f"the database is of a newer version, which applied {', '.join(unknown)}: "
            "run that version, or a newer one"
        )
    changed = [name for name, was in applied.items() if was != now[name] and name != SCHEMA]
    if changed:
        raise DatabaseRefused(f"{', '.join(sorted(changed))} changed after it was applied here")
    if not due and applied.get(SCHEMA) != now[SCHEMA]:
        raise DatabaseRefused(
            "the database was made from other tables, functions or views than this version's, and "
            "no migration leads from those to these: start with an empty database"
        )


async def _remember(connection: asyncpg.Connection, checksums: Mapping[str, str]) -> None:
    await connection.executemany(load_query("remember_version"), list(checksums.items()))
