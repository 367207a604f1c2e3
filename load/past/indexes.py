"""Tables without their indexes, for as long as it takes to fill them."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from asyncpg import Connection, Record

from indexer.database.indexes import indexes_of


@asynccontextmanager
async def dropped(
    connection: "Connection[Record]", tables: Iterable[str], told: Callable[[str, int, int], None]
) -> AsyncIterator[None]:
    """They are made again when all went well; else the tables are left as they are."""
    found = await indexes_of(connection, tables)
    for index in found:
        await connection.execute(index.without)
    yield
    for number, index in enumerate(found):
        told("indexing", number, len(found))
        await connection.execute(index.anew)
