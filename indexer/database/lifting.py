"""Brings the schema of an older version to that of this one.

Views and functions hold no rows: they are taken out, and this version's are made when the tables
are as it wants them. So a migration is about tables alone, and may change what a view reads.
"""

from collections.abc import Iterable

import asyncpg

from indexer.database.files import Files
from indexer.database.session import DatabaseRefused, load_query, lost

LOCK_TIMEOUT = "SET LOCAL lock_timeout = '30s'"  # readers queue behind whoever waits for a table
UNTOUCHED = "The database is as it was"


async def lift(
    connection: asyncpg.Connection, files: Files, stood: Iterable[str], due: Iterable[str]
) -> None:
    """`stood` are the functions and views that there are, `due` the migrations that it has not had.
    Within a transaction. Raises `DatabaseRefused`."""
    views, functions = ([n for n in stood if n.startswith(p)] for p in ("views/", "functions/"))
    grants = await connection.fetch(load_query("grants_of"), [_bare(name) for name in views])
    await connection.execute(LOCK_TIMEOUT)
    for kind, names in (("VIEW", views), ("FUNCTION", functions)):
        if names:
            await _run(connection, f"taking out {', '.join(names)}", _drop(kind, names))
    for name in due:
        await _run(
            connection, f"migration {name}", files.migrations[name].read_text(encoding="utf-8")
        )
    for name, path in files.replaced.items():
        await _run(connection, f"making {name}", path.read_text(encoding="utf-8"))
    for relation, grant in grants:
        if f"views/{relation}" in files.views:
            await _run(connection, "granting what was granted", grant)


def _drop(kind: str, names: list[str]) -> str:
    """All at once, for they may use one another."""
    listed = ", ".join(f'"{_bare(name)}"' for name in names)
    return f"DROP {kind} IF EXISTS {listed}"


def _bare(name: str) -> str:
    return name.partition("/")[2]


async def _run(connection: asyncpg.Connection, what: str, statements: str) -> None:
    try:
        await connection.execute(statements)
    except asyncpg.PostgresError as error:
        if lost(error):
            raise
        said = " ".join(str(error).split())
        raise DatabaseRefused(f"{what} failed: {said} {UNTOUCHED}: {_advice(error)}") from error


def _advice(error: asyncpg.PostgresError) -> str:
    match error:
        case asyncpg.LockNotAvailableError():
            return (
                "somebody uses its tables; stop the older version and long queries, and try again"
            )
        case asyncpg.DependentObjectsStillExistError():
            return "drop what others built on ours, migrate, and make it again"
        case asyncpg.InsufficientPrivilegeError():
            return "migrate as the database's owner"
        case asyncpg.DiskFullError():
            return "make room, and try again"
    return "go on with the older version; has somebody changed the tables by hand?"
