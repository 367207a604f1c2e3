"""The PostgreSQL that is measured: one of our own, set as `make run` sets it, or one given.

Its databases are copied file by file from a template, so that every run begins from the same pages.
"""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from indexer import database, postgres
from load.demo.database import beside

NAME = "bench"  # what PostgreSQL calls our own connections
# Beside the settings of the embedded server: a few statements a batch cost nothing to count.
COUNTING = {"shared_preload_libraries": "pg_stat_statements", "track_io_timing": "on"}


class Cluster:
    """`url` names any database of it; those that are made are called `<prefix>_<name>`."""

    def __init__(self, url: str, prefix: str) -> None:
        self.url = url
        self._prefix = prefix
        self._made: set[str] = set()

    def url_of(self, name: str) -> str:
        return beside(self.url, f"{self._prefix}_{name}")

    async def create(self, name: str, template: str | None = None) -> str:
        """The URL of the new database. Nobody may be connected to its template."""
        await self.drop(name)
        copied = f" TEMPLATE {self._prefix}_{template} STRATEGY file_copy" if template else ""
        self._made.add(name)
        await self._execute(f"CREATE DATABASE {self._prefix}_{name}{copied}")
        return self.url_of(name)

    async def drop(self, name: str) -> None:
        await self._execute(f"DROP DATABASE IF EXISTS {self._prefix}_{name} WITH (FORCE)")
        self._made.discard(name)

    async def has(self, name: str) -> bool:
        connection = await database.connect(self.url, NAME)
        try:
            asked = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)"
            return bool(await connection.fetchval(asked, f"{self._prefix}_{name}"))
        finally:
            await connection.close()

    async def clear(self) -> None:
        for name in list(self._made):
            await self.drop(name)

    async def _execute(self, statement: str) -> None:
        connection = await database.connect(self.url, NAME)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@asynccontextmanager
async def own(directory: Path) -> AsyncIterator[Cluster]:
    """An embedded PostgreSQL on this directory; what is in it stays there."""
    with postgres.running(directory, settings=COUNTING) as server:
        yield Cluster(server.url, NAME)


@asynccontextmanager
async def given(url: str) -> AsyncIterator[Cluster]:
    """Databases beside the one that `url` names, dropped in the end."""
    cluster = Cluster(url, f"indexer_bench_{secrets.token_hex(4)}")
    try:
        yield cluster
    finally:
        await cluster.clear()
