from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from indexer.adopt import Report, adopt
from indexer.postgres import Server
from tests.audit.conftest import events, world, world_url
from tests.conftest import fresh_database, wait_for
from tests.snapshot import Snapshot, snapshot

__all__ = ["events", "world", "world_url"]
HERE = Path(__file__).parent
OLDER, MISTAKES, DOWNGRADE = (
    (HERE / f"{name}.sql").read_text() for name in ("older", "mistakes", "downgrade")
)


async def run(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


async def adopted(url: str, *, relay: str | None = None, dry_run: bool = False) -> Report:
    report = await adopt(url, lambda *_: None, relay=relay, dry_run=dry_run)
    assert report is not None
    return report


@pytest.fixture(scope="session")
def mistaken(postgres_server: Server) -> Iterator[str]:
    """The name of a database of the older system, with rows that show what it did wrong."""
    with fresh_database(postgres_server, "template1") as url:
        wait_for(run(url, OLDER, MISTAKES))
        yield urlsplit(url).path.removeprefix("/")


@pytest.fixture
def mistaken_url(postgres_server: Server, mistaken: str) -> Iterator[str]:
    """A copy of it, of this test's own."""
    with fresh_database(postgres_server, mistaken) as url:
        yield url


@pytest.fixture(scope="session")
def taken(postgres_server: Server, mistaken: str) -> Iterator[tuple[str, Report]]:
    """A copy that is adopted, to be read and left as it is, and what was said of it."""
    with fresh_database(postgres_server, mistaken) as url:
        yield url, wait_for(adopted(url))


@pytest.fixture
async def ours(taken: tuple[str, Report]) -> AsyncIterator[asyncpg.Connection]:
    """A connection to it that cannot write: even what is rolled back takes numbers of sequences."""
    read_only = {"default_transaction_read_only": "on"}
    connection = await asyncpg.connect(taken[0], server_settings=read_only)
    yield connection
    await connection.close()


@pytest.fixture
async def was(world_url: str) -> Snapshot:
    """The world that is downgraded, before that."""
    connection = await asyncpg.connect(world_url)
    found = await snapshot(connection)
    await connection.close()
    return found


@pytest.fixture
async def downgraded_url(world_url: str, was: Snapshot) -> str:
    """A world as the older system would have it."""
    assert was
    rename = "ALTER SCHEMA public RENAME TO ours; CREATE SCHEMA public"
    await run(world_url, rename, OLDER, DOWNGRADE, "DROP SCHEMA ours CASCADE")
    return world_url
