"""What PostgreSQL has counted over a run."""

from pathlib import Path
from typing import Any

import asyncpg

from indexer import database
from load.bench.cluster import NAME

QUERIES = Path(__file__).parent / "queries"


def query(name: str) -> str:
    return (QUERIES / f"{name}.sql").read_text()


async def server(connection: asyncpg.Connection) -> dict[str, int]:
    row = await connection.fetchrow(query("server"))
    assert row is not None  # There is always one.
    return dict(row)


async def reset_statements(url: str) -> bool:
    """Whether statements are counted here: `url` names the database of the server that says so."""
    connection = await database.connect(url, NAME)
    try:
        await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        await connection.execute("SELECT pg_stat_statements_reset()")
    except asyncpg.PostgresError:
        return False  # Not loaded at the server's start, or not ours to ask for.
    finally:
        await connection.close()
    return True


async def statements(url: str, of: str) -> list[dict[str, Any]]:
    """Those of the database `of`, as the server's database at `url` has counted them."""
    connection = await database.connect(url, NAME)
    try:
        return [dict(row) for row in await connection.fetch(query("statements"), of)]
    finally:
        await connection.close()


async def tables(connection: asyncpg.Connection) -> list[dict[str, Any]]:
    await connection.execute("SELECT pg_stat_clear_snapshot()")
    return [dict(row) for row in await connection.fetch(query("tables"))]
