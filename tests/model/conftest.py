from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from asyncpg import Connection, Record

from indexer.database import connect
from indexer.shard.writer import Writer
from tests.model.agreement import read_json
from tests.shard.conftest import writer

__all__ = ["writer"]


@dataclass(frozen=True, slots=True)
class Place:
    """A database that is used for one world after the other."""

    writer: Writer
    connection: "Connection[Record]"
    tables: tuple[str, ...]

    async def clear(self) -> None:
        """The few rows of a world are deleted faster than thirty tables are truncated."""
        await self.connection.execute(";".join(f"DELETE FROM {name}" for name in self.tables))


@pytest.fixture
async def place(writer: Writer, database_url: str) -> AsyncIterator[Place]:
    connection = await connect(database_url, "test")
    await read_json(connection)
    tables = await connection.fetch(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> $1",
        "schema_version",
    )
    yield Place(writer, connection, tuple(name for (name,) in tables))
    await connection.close()
