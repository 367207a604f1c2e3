"""How far an indexer has come, by its own word while it works and by its database's in the end."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import asyncpg

from indexer import database
from indexer.records import ALL
from indexer.records.base import Table
from load.chaos.place import Place
from load.chaos.poll import until
from load.chaos.service import Service

LOOK_EVERY_S = 0.1
STUCK_AFTER_S = 180.0


class Watch:
    """`cursor` is the highest that was heard of; who was shot may have to begin before it."""

    def __init__(self, service: Service, place: Place, last: int) -> None:
        self.cursor = 0
        self._service = service
        self._place = place
        self._last = last
        self._moved = time.monotonic()

    @property
    def at_end(self) -> bool:
        return self.cursor >= self._last

    async def run(self, show: Callable[[int], None]) -> None:
        """Until it is cancelled. Raises IndexerFailed when nothing moves any more."""
        while True:
            life = self._service.life
            status = await life.status() if life else None
            self._hear(status or {})
            show(self.cursor)
            if time.monotonic() - self._moved > STUCK_AFTER_S:
                raise self._service.failed(f"nothing was committed in {STUCK_AFTER_S:.0f} s")
            await asyncio.sleep(LOOK_EVERY_S)

    async def settled(self) -> None:
        """Until everything is committed, judged and swept."""
        await until(self._is_settled, LOOK_EVERY_S)

    def _hear(self, status: dict[str, Any]) -> None:
        cursor = status.get("cursor") or 0
        if cursor > self.cursor or self.at_end:
            self.cursor, self._moved = max(cursor, self.cursor), time.monotonic()

    async def _is_settled(self) -> bool:
        url = self._place.url
        if url is None:
            return False
        try:
            connection = await database.connect(url, "chaos")
            try:
                return await _cursor(connection) >= self._last and not await _left(connection)
            finally:
                await connection.close()
        except database.DATABASE_ERRORS as error:
            if not database.lost(error):
                raise
            return False


async def _cursor(connection: asyncpg.Connection) -> int:
    if not await _exists(connection, "firehose_cursor"):
        return 0
    return int(await connection.fetchval("SELECT coalesce(max(cursor), 0) FROM firehose_cursor"))


async def _exists(connection: asyncpg.Connection, table: str) -> bool:
    return await connection.fetchval("SELECT to_regclass($1)", table) is not None


async def _left(connection: asyncpg.Connection) -> bool:
    """Whether the sweep has yet to find something that arrived, or to judge or purge something."""
    if await _exists(connection, "judgements") and await connection.fetchval(
        "SELECT EXISTS (SELECT FROM judgements)"
    ):
        return True
    if await connection.fetchval("SELECT EXISTS (SELECT FROM repos WHERE deleted_at IS NOT NULL)"):
        return True
    for record in ALL:
        if record.subject_of and await connection.fetchval(_arrived(record.owns[0]), record.nsid):
            return True
    return False


def _arrived(table: Table) -> str:
    """Whether a subject of kind $1 is still waited for though it is there."""
    live = "t.commit_rev IS NOT NULL" if table.adoptable else "true"
    return (
        f"SELECT EXISTS (SELECT FROM pending p JOIN {table.name} t ON t.{table.key} = p.subject"
        f" WHERE p.kind = $1 AND {live})"
    )
