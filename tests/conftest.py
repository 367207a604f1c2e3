"""What tests stand on: a real PostgreSQL of their own, a fresh database each, the corpus."""

import asyncio
import itertools
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import hypothesis
import pytest

from indexer import database, postgres
from indexer.protocol.event import Event
from indexer.protocol.frame import decode
from load.capture import read_capture
from load.generate import generate

TEMPLATE = f"made_{os.getpid()}"
MEMORY = Path("/dev/shm")
LATER_US = 4_000_000_000_000_000  # the devnet's times of arrival are made up
T = TypeVar("T")
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "min_wal_size": "64MB",
    "max_wal_size": "256MB",
    "max_connections": "200",
    "autovacuum": "off",
}
numbers = itertools.count(1)

# One failure at a time says what it is; two are a group that says only that there are two.
hypothesis.settings.register_profile("one failure", report_multiple_bugs=False)
hypothesis.settings.load_profile("one failure")


def pytest_configure() -> None:
    """A shell's job in the background ignores interrupts, and so would every process begun here."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "postgres_binaries" in getattr(item, "fixturenames", ()):
            item.add_marker("postgres")


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Real bytes, which are no part of the project."""
    if not os.environ.get("CORPUS"):
        pytest.skip("CORPUS does not name the directory of captures")
    path = Path(os.environ["CORPUS"]).resolve()
    if not path.is_dir():
        pytest.skip(f"CORPUS={path} is no directory")
    return path


@pytest.fixture(scope="session")
def postgres_binaries() -> Path:
    """The programs that tests run on; TEST_PG_BIN names those of another version."""
    named = os.environ.get("TEST_PG_BIN")
    return Path(named) if named else postgres.find_binaries()


@pytest.fixture(scope="session")
def postgres_server(postgres_binaries: Path) -> Iterator[postgres.Server]:
    """A server for the whole run; TEST_PG_DATA names the directory of one that runs already."""
    if lent := os.environ.get("TEST_PG_DATA"):
        with postgres.running(Path(lent), binaries=postgres_binaries) as server:
            yield server
        return
    directory = Path(tempfile.mkdtemp(prefix="indexer-tests-", dir=_quickest_place()))
    try:
        with postgres.running(directory, binaries=postgres_binaries, settings=SETTINGS) as server:
            yield server
    finally:
        shutil.rmtree(directory)


@pytest.fixture(scope="session")
def template(postgres_server: postgres.Server) -> Iterator[str]:
    """The name of a database with our schema, to be copied and never connected to."""
    wait_for(_execute(postgres_server.url, f"CREATE DATABASE {TEMPLATE}"))
    wait_for(database.migrate(_url(postgres_server, TEMPLATE)))
    yield TEMPLATE
    wait_for(_execute(postgres_server.url, f"DROP DATABASE {TEMPLATE}"))


@pytest.fixture(params=["made", "devnet"])
def events(request: pytest.FixtureRequest) -> list[Event]:
    """A whole stream, decoded: one of our own making, and one of a real network."""
    if request.param == "made":
        entries = generate(seed=8, commits=1500)
    else:
        corpus: Path = request.getfixturevalue("corpus")
        entries = read_capture(corpus / "devnet" / "frames.cborseq.zst")
    return [event for _, frame in entries if (event := decode(frame, LATER_US))]


@pytest.fixture
def database_url(postgres_server: postgres.Server, template: str) -> Iterator[str]:
    """A database of this test's own, with our schema and no rows."""
    with fresh_database(postgres_server, template) as url:
        wait_for(_execute(url, database.load_query("set_utc")))  # a copy does not bring it
        yield url


@pytest.fixture
def other_url(postgres_server: postgres.Server, template: str) -> Iterator[str]:
    """One more database of this test's own."""
    with fresh_database(postgres_server, template) as url:
        yield url


@pytest.fixture
def empty_database_url(postgres_server: postgres.Server) -> Iterator[str]:
    """A database of this test's own, without anything in it."""
    with fresh_database(postgres_server, "template1") as url:
        yield url


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to `database_url`."""
    connection = await database.connect(database_url, "test")
    yield connection
    await connection.close()


@contextmanager
def fresh_database(server: postgres.Server, template: str) -> Iterator[str]:
    name = f"test_{os.getpid()}_{next(numbers)}"
    copy = f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"
    wait_for(_execute(server.url, copy))
    try:
        yield _url(server, name)
    finally:
        wait_for(_execute(server.url, f"DROP DATABASE {name} WITH (FORCE)"))


def _quickest_place() -> Path | None:
    """Memory, where there is plenty: databases are copied there ten times as fast."""
    if (
        MEMORY.is_dir()
        and os.access(MEMORY, os.W_OK)
        and shutil.disk_usage(MEMORY).free > 2 * 2**30
    ):
        return MEMORY
    return None


def _url(server: postgres.Server, name: str) -> str:
    return server.url.replace("/indexer?", f"/{name}?")


async def _execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


def wait_for(work: Coroutine[Any, Any, T]) -> T:
    """On a loop of its own, so that tests without a loop have databases too."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()
