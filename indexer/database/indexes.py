"""Tables without their indexes, for as long as it takes to fill them: they are made again faster
than they are kept up."""

from collections.abc import Iterable
from typing import NamedTuple

from asyncpg import Connection, Record

from indexer.database.session import load_query


class Index(NamedTuple):
    """An index or key, and the statements that drop it and make it again."""

    table: str
    name: str
    without: str
    anew: str


async def indexes_of(connection: "Connection[Record]", tables: Iterable[str]) -> list[Index]:
    return [
        Index(table, *row)
        for table in tables
        for row in await connection.fetch(load_query("indexes_of"), table)
    ]
