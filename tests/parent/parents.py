"""A parent with a real source and a real database, whose shards are lists."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from indexer import config
from indexer.address import read_address
from indexer.channel import Batch
from indexer.config import Config
from indexer.parent.process import Parent
from indexer.supervisor.program import open_source

CONFIG = config.load({})
QUICK = {"backoff_first_s": 0.02, "backoff_max_s": 0.1, "idle_timeout_s": 5.0}


class Shard:
    """Commits at once, unless it is told to wait."""

    def __init__(self, parent: Parent, index: int) -> None:
        self.parent = parent
        self.index = index
        self.batches: list[Batch] = []
        self.commits = True
        parent.lanes[index].attach(self)

    @property
    def depth(self) -> int:
        return 0

    @property
    def seqs(self) -> list[int | None]:
        return [frame[0] for batch in self.batches for frame in batch.frames]

    def send(self, batch: Batch) -> bool:
        self.batches.append(batch)
        if self.commits:
            asyncio.get_running_loop().call_soon(self.commit)
        return True

    def commit(self) -> None:
        last = self.batches[-1]
        self.parent.heard(self.index, ("ack", last.epoch, last.id, len(last.frames), 0))


def settings(database_url: str, url: str, shards: int = 2, **relay: Any) -> Config:
    return msgspec.structs.replace(
        CONFIG,
        database=msgspec.structs.replace(CONFIG.database, url=database_url),
        relay=msgspec.structs.replace(CONFIG.relay, url=url, **(QUICK | relay)),
        shards=msgspec.structs.replace(CONFIG.shards, count=shards, unacked_frames=100),
        cursor=msgspec.structs.replace(CONFIG.cursor, save_every_s=0.05),
    )


def make_parent(given: Config) -> Parent:
    return Parent(
        given, open_source(given, read_address(given.relay.url)), "test parent", lambda: None
    )


class Running:
    def __init__(self, parent: Parent) -> None:
        self.parent = parent
        self.shards = [Shard(parent, lane.index) for lane in parent.lanes]
        self.task = asyncio.create_task(parent.run())

    @property
    def seqs(self) -> list[int]:
        """All that was sent to anybody, sorted."""
        return sorted(seq for shard in self.shards for seq in shard.seqs if seq is not None)


@asynccontextmanager
async def running(given: Config, parent: Parent | None = None) -> AsyncIterator[Running]:
    parent = parent or make_parent(given)
    await parent.open()
    made = Running(parent)
    try:
        yield made
    finally:
        made.task.cancel()
        await asyncio.wait([made.task])
        await parent.close()


async def finished(database_url: str, path: Path, **relay: Any) -> Running:
    """Everything in a capture, read to its end."""
    async with running(settings(database_url, f"file:{path}", **relay)) as made:
        await asyncio.wait_for(made.task, 20)
        return made


async def stored(connection: "asyncpg.Connection[asyncpg.Record]") -> int | None:
    cursor: int | None = await connection.fetchval("SELECT cursor FROM firehose_cursor")
    return cursor
