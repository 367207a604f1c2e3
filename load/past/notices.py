"""Verdicts and notices of all that is stored, by the indexer's own queries."""

import asyncio
from collections.abc import AsyncIterator, Callable

from asyncpg import Pool
from asyncpg import Record as Found

from indexer import database
from indexer.records import ALL
from indexer.records.base import Record
from indexer.shard import effects
from load.past import statements

_AT_ONCE = 5000
_SIDE_BY_SIDE = 2


async def tell(url: str, told: Callable[[str, int, int], None]) -> None:
    """What judges comes first: whom a post tells depends on it."""
    pool = await database.open_pool(
        url, "past", 2 * _SIDE_BY_SIDE, synchronous_commit="off", settings=database.BY_KEY
    )
    try:
        for name in sorted({name for record in ALL for name in record.effects}):
            for record in ALL:
                if name in record.effects:
                    told(name, 0, 0)
                    await _make(pool, name, record)
    finally:
        await pool.close()


async def _make(pool: "Pool[Found]", name: str, record: Record) -> None:
    parts: asyncio.Queue[list[str]] = asyncio.Queue(_SIDE_BY_SIDE)

    async def work() -> None:
        while uris := await parts.get():
            async with pool.acquire() as connection:
                await effects.make(connection, name, uris, [])

    async with asyncio.TaskGroup() as group:
        for _ in range(_SIDE_BY_SIDE):
            group.create_task(work())
        async for uris in _parts(pool, record):
            await parts.put(uris)
        for _ in range(_SIDE_BY_SIDE):
            await parts.put([])


async def _parts(pool: "Pool[Found]", record: Record) -> AsyncIterator[list[str]]:
    after = ""
    while found := await pool.fetch(statements.sources(record), after, _AT_ONCE):
        uris = [row["uri"] for row in found]
        yield uris
        after = uris[-1]
