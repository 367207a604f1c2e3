"""Where the demo's rows go: an embedded PostgreSQL, or a scratch database on a server given."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from indexer import database, postgres


@asynccontextmanager
async def embedded(directory: Path) -> AsyncIterator[str]:
    with postgres.running(directory) as server:
        yield server.url


@asynccontextmanager
async def scratch(url: str) -> AsyncIterator[str]:
    """The URL of a new database beside the one that `url` names, dropped in the end."""
    name = f"indexer_demo_{secrets.token_hex(4)}"
    await _execute(url, f"CREATE DATABASE {name}")
    try:
        yield beside(url, name)
    finally:
        await _execute(url, f"DROP DATABASE {name} WITH (FORCE)")


def beside(url: str, name: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/{name}" + (f"?{parts.query}" if parts.query else "")


async def _execute(url: str, statement: str) -> None:
    connection = await database.connect(url, "demo")
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def committed(connection: asyncpg.Connection) -> int:
    """Up to which sequence number everything is in the database; 0 before there is anything."""
    if await connection.fetchval("SELECT to_regclass('firehose_cursor')") is None:
        return 0
    return int(await connection.fetchval("SELECT COALESCE(MAX(cursor), 0) FROM firehose_cursor"))


async def row_counts(connection: asyncpg.Connection) -> list[tuple[str, int]]:
    tables = await connection.fetch(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        " ORDER BY relname"
    )
    names = [row["relname"] for row in tables]
    return [(name, await connection.fetchval(f'SELECT COUNT(*) FROM "{name}"')) for name in names]
