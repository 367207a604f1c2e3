"""Tables without their indexes, for as long as it takes to fill them."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from asyncpg import Connection, Record

_INDEXES_OF = (Path(__file__).parent / "indexes_of.sql").read_text()


@asynccontextmanager
async def dropped(
    connection: "Connection[Record]", tables: Iterable[str], told: Callable[[str, int, int], None]
) -> AsyncIterator[None]:
    """They are made again when all went well; else the tables are left as they are."""
    found = [row for table in tables for row in await connection.fetch(_INDEXES_OF, table)]
    for row in found:
        await connection.execute(row["without"])
    yield
    for number, row in enumerate(found):
        told("indexing", number, len(found))
        await connection.execute(row["anew"])
