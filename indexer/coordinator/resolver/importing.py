"""Stores a PLC export: a batch a transaction, the next batch read meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import stamina
from asyncpg import Connection, DeadlockDetectedError, Record, SerializationError

from indexer.coordinator.resolver.lines import Batch
from indexer.database import load_query
from indexer.protocol.plc import Change

TABLE, LOCK_ALL, LOCK, IMPORT, HIDE, SAVE_DIRECTORY = (
    load_query(name)
    for name in (
        "lines_table",
        "lock_import",
        "lock_disowned",
        "import_identities",
        "hide_disowned",
        "save_directory",
    )
)
COLUMNS = "did claimed pds signing_key labeler label_key gone created_at".split()
CROSSED = (DeadlockDetectedError, SerializationError)


async def import_batches(
    connection: "Connection[Record]", batches: AsyncIterator[Batch], directory: str | None
) -> AsyncIterator[Batch]:
    """Yields each batch when it is stored. `directory`: the URL of the one whose log this is, from
    its beginning or from where it was left; then that is remembered, too."""
    await connection.execute(TABLE)
    upcoming = asyncio.ensure_future(_next(batches))
    try:
        while (batch := await upcoming) is not None:
            upcoming = asyncio.ensure_future(_next(batches))
            await _store_patiently(connection, batch, directory)
            yield batch
    finally:
        upcoming.cancel()
        await asyncio.gather(upcoming, return_exceptions=True)


async def in_a_thread(batches: Iterator[Batch]) -> AsyncIterator[Batch]:
    while (batch := await asyncio.to_thread(next, batches, None)) is not None:
        yield batch


async def _next(batches: AsyncIterator[Batch]) -> Batch | None:
    return await anext(batches, None)


async def _store_patiently(
    connection: "Connection[Record]", batch: Batch, directory: str | None
) -> None:
    async for attempt in stamina.retry_context(
        on=CROSSED, attempts=10, timeout=None, wait_initial=0.1, wait_max=5
    ):
        with attempt:
            async with connection.transaction():
                await _store(connection, batch, directory)


async def _store(connection: "Connection[Record]", batch: Batch, directory: str | None) -> None:
    rows = [_row(change) for change in batch.changes.values()]
    await connection.copy_records_to_table("lines", records=rows, columns=COLUMNS)
    await connection.fetch(LOCK_ALL)
    disowned = [row["did"] for row in await connection.fetch(LOCK)]
    await connection.execute(IMPORT)
    if disowned:
        await connection.execute(HIDE, disowned)
    if directory is not None and batch.last is not None:
        await connection.execute(SAVE_DIRECTORY, directory, batch.last)


def _row(change: Change) -> tuple[object, ...]:
    did, document, created_at = change
    if document is None:
        return did, None, None, None, None, None, True, created_at
    return (
        did,
        document.handle,
        document.pds,
        document.signing_key,
        document.labeler,
        document.label_key,
        False,
        created_at,
    )
