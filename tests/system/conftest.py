import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from indexer import postgres
from load.capture import read_capture, seq_of, write_capture
from load.generate import generate
from tests.conftest import SETTINGS, fresh_database, wait_for
from tests.snapshot import Snapshot
from tests.system.program import index, look


class Capture(NamedTuple):
    name: str
    path: Path
    last: int  # the seq of its last frame


@pytest.fixture(scope="session", params=["made", "devnet"])
def capture(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Capture:
    """A whole small network from its first event on: one that we made, and a real one."""
    if request.param == "devnet":
        path = request.getfixturevalue("corpus") / "devnet" / "frames.cborseq.zst"
    else:
        path = tmp_path_factory.mktemp("made") / "world.cborseq.zst"
        write_capture(path, generate(seed=7, commits=2500))
    return Capture(request.param, path, max(seq_of(frame) or 0 for _, frame in read_capture(path)))


def begin(capture: Capture, last: int, path: Path) -> Path:
    """The capture up to an event: however late we look, what follows has not been indexed."""
    entries = read_capture(capture.path)
    return write_capture(path, [entry for entry in entries if (seq_of(entry[1]) or 0) <= last])


@pytest.fixture(scope="session")
def indexed_url(
    postgres_server: postgres.Server,
    template: str,
    capture: Capture,  # noqa: ARG001  one database for each
) -> Iterator[str]:
    """A database for this capture, filled by `expected`."""
    with fresh_database(postgres_server, template) as url:
        yield url


@pytest.fixture(scope="session")
def expected(
    indexed_url: str, capture: Capture, tmp_path_factory: pytest.TempPathFactory
) -> Snapshot:
    """What two shards make of the capture."""
    directory = tmp_path_factory.mktemp("expected")
    return wait_for(index(directory, indexed_url, capture.path, capture.last, SHARDS="2"))


def embedded(data_dir: Path) -> postgres.Server:
    """For an indexer to start. The test knows its address, and may look when all is over."""
    if os.environ.get("TEST_PG_BIN"):
        pytest.skip("another version splits texts for the search otherwise than the embedded one")
    server = postgres.Server(data_dir, settings=SETTINGS)
    server.start()
    server.stop()
    return server


async def look_into(server: postgres.Server) -> Snapshot:
    server.start()
    try:
        return await look(server.url)
    finally:
        server.stop()
