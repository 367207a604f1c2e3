"""Shards that write at the same time and cross one another: the same rows as from one alone."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from zlib import crc32

import pytest

from indexer.database import open_pool
from indexer.postgres import Server
from indexer.protocol.event import Event
from indexer.protocol.frame import decode
from indexer.shard import accounts
from indexer.shard.loop import cut, deletes
from indexer.shard.process import SESSION
from indexer.shard.refusal import Trial
from indexer.shard.writer import Writer
from load.capture import read_capture
from load.generate import generate
from tests.conftest import fresh_database
from tests.snapshot import Snapshot, difference, snapshot

SHARDS = 4
LATER_US = 4_000_000_000_000_000  # the devnet's times of arrival are made up


@pytest.fixture(params=["made", "devnet"])
def events(request: pytest.FixtureRequest) -> list[Event]:
    if request.param == "made":
        entries = generate(seed=8, commits=1500)
    else:
        corpus: Path = request.getfixturevalue("corpus")
        entries = read_capture(corpus / "devnet" / "frames.cborseq.zst")
    return [event for _, frame in entries if (event := decode(frame, LATER_US))]


@pytest.fixture
def other_url(postgres_server: Server, template: str) -> Iterator[str]:
    with fresh_database(postgres_server, template) as url:
        yield url


async def test_crossing_shards_write_what_one_alone_writes(
    events: list[Event], writer: Writer, other_url: str
) -> None:
    async with await open_pool(other_url, "test", 1, settings=SESSION) as pool:
        alone = replace(writer, pool=pool)
        await write(alone, events, Random(0))
        expected = await look(alone)
    for seed in range(3):
        await at_once(writer, events, seed)
        assert difference(expected, await look(writer)) == []
        await writer.pool.execute("UPDATE repos SET rev = NULL, data = NULL")  # past the gate


async def at_once(writer: Writer, events: Sequence[Event], seed: int) -> None:
    parts: list[list[Event]] = [[] for _ in range(SHARDS)]
    for event in events:
        parts[crc32(event.did.encode()) % SHARDS].append(event)
    shards = (write(writer, part, Random(f"{seed} {n}")) for n, part in enumerate(parts))
    await asyncio.gather(*shards)


async def write(writer: Writer, events: Sequence[Event], random: Random) -> None:
    """In pieces of any size, as a shard does that has to purge at once."""
    trial, begin = Trial(writer), 0
    while begin < len(events):
        end = begin + random.choice([1, 5, 20, 100])
        for some in cut(events[begin:end]):
            await trial.write(some)
            if deletes(some[-1]):
                await accounts.purge(writer, some[-1].did)
        begin = end


async def look(writer: Writer) -> Snapshot:
    async with writer.pool.acquire() as connection:
        return await snapshot(connection)
