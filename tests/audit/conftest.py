from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from random import Random
from urllib.parse import urlsplit

import pytest

from indexer.database import BY_KEY, open_pool
from indexer.postgres import Server
from indexer.protocol.event import Event
from indexer.protocol.frame import decode
from indexer.shard.pending import Pending
from indexer.shard.writer import Writer
from load.generate import generate
from tests.conftest import fresh_database, wait_for
from tests.shard.test_crossing import write

LATER_US = 4_000_000_000_000_000


@pytest.fixture(scope="session")
def events() -> list[Event]:
    frames = (frame for _, frame in generate(seed=12, commits=1200))
    return [event for frame in frames if (event := decode(frame, LATER_US))]


async def make_writer(url: str) -> Writer:
    pool = await open_pool(url, "test", 4, synchronous_commit="off", settings=BY_KEY)
    return Writer(pool, "relay.test", Pending(timedelta(hours=24), 1000, True, True))


@pytest.fixture(scope="session")
def world(postgres_server: Server, template: str, events: list[Event]) -> Iterator[str]:
    """The name of a database that a shard has written, to be copied and never connected to."""

    async def fill(url: str) -> None:
        writer = await make_writer(url)
        await write(writer, events, Random(0))
        await writer.pool.close()

    with fresh_database(postgres_server, template) as url:
        wait_for(fill(url))
        yield urlsplit(url).path.removeprefix("/")


@pytest.fixture
def world_url(postgres_server: Server, world: str) -> Iterator[str]:
    """A copy of the world, of this test's own."""
    with fresh_database(postgres_server, world) as url:
        yield url


@pytest.fixture
async def writer(world_url: str) -> AsyncIterator[Writer]:
    writer = await make_writer(world_url)
    yield writer
    await writer.pool.close()
