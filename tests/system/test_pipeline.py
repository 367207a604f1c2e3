"""From a relay to rows, through the real processes: the same rows, whatever happens on the way."""

import os
import signal
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import pytest

from indexer import database
from load.chaos.targets import find
from load.pace import Pace
from load.replay import serve
from tests.snapshot import Snapshot, difference
from tests.system.conftest import Capture, begin, embedded, look_into
from tests.system.heckler import heckled
from tests.system.program import PORT, execute, index, look, running
from tests.system.reference import COMPARED, unexplained

BEGIN_AGAIN = "DELETE FROM firehose_cursor"
PAST_THE_GATE = "UPDATE repos SET rev = NULL, data = NULL"

pytestmark = pytest.mark.timeout(300)


async def test_there_is_something_of_everything(expected: Snapshot, capture: Capture) -> None:
    for table in ("posts", "likes", "follows", "notifications", "post_aggregations", "feed_items"):
        assert expected[table], table
    if capture.name == "made":
        empty = {table for table, rows in expected.items() if not rows}
        assert empty <= {"labels", "label_definitions"}


async def test_the_rows_are_those_of_the_reference(
    expected: Snapshot, indexed_url: str, capture: Capture, request: pytest.FixtureRequest
) -> None:
    if capture.name != "devnet":
        pytest.skip("the reference indexed the devnet alone")
    assert expected
    reference = request.getfixturevalue("corpus") / "devnet" / "reference"
    connection = await database.connect(indexed_url, "test")
    try:
        found = {table: await unexplained(connection, reference, table) for table in COMPARED}
    finally:
        await connection.close()
    assert {table: rows for table, rows in found.items() if rows} == {}


@pytest.mark.parametrize("shards", ["1", "4"])
async def test_the_number_of_shards_changes_nothing(
    shards: str, expected: Snapshot, capture: Capture, database_url: str, tmp_path: Path
) -> None:
    made = await index(tmp_path, database_url, capture.path, capture.last, SHARDS=shards)
    assert difference(expected, made) == []


@pytest.mark.parametrize("before", [BEGIN_AGAIN, f"{BEGIN_AGAIN}; {PAST_THE_GATE}"])
async def test_a_repetition_changes_nothing(
    before: str, expected: Snapshot, capture: Capture, indexed_url: str, tmp_path: Path
) -> None:
    await execute(indexed_url, "UPDATE notifications SET is_read = true")
    await execute(indexed_url, before)
    again = await index(tmp_path, indexed_url, capture.path, capture.last, SHARDS="3")
    assert difference(expected, again) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_an_end_in_the_middle_changes_nothing(
    number: int, expected: Snapshot, capture: Capture, database_url: str, tmp_path: Path
) -> None:
    beginning = begin(capture, capture.last * 2 // 3, tmp_path / "beginning.zst")
    async with serve(beginning, PORT, pace=Pace(rate=700)) as relay:
        url = f"ws://127.0.0.1:{relay.port}"
        async with running(tmp_path, database_url, url, SHARDS="2") as program:
            await program.reached(capture.last // 3)
            status = await program.end(number)
            assert status == (0 if number == signal.SIGTERM else -signal.SIGKILL), program.said()
        assert await look(database_url) != expected
    again = await index(tmp_path, database_url, capture.path, capture.last, SHARDS="2")
    assert difference(expected, again) == []


async def test_a_shard_killed_in_the_middle_changes_nothing(
    expected: Snapshot, capture: Capture, database_url: str, tmp_path: Path
) -> None:
    async with (
        serve(capture.path, PORT, pace=Pace(rate=700)) as relay,
        running(tmp_path, database_url, f"ws://127.0.0.1:{relay.port}", SHARDS="2") as program,
    ):
        dead = 0
        for part in (4, 2):
            await program.reached(capture.last // part)
            dead = await program.shard(1, but=dead)
            os.kill(dead, signal.SIGKILL)
            os.kill((await program.status())["coordinator"]["pid"], signal.SIGKILL)
        await program.reached(capture.last)
        assert await program.end() == 0
    assert difference(expected, await look(database_url)) == []


async def test_a_change_of_shards_in_the_middle_changes_nothing(
    expected: Snapshot, capture: Capture, database_url: str, tmp_path: Path
) -> None:
    """Up, and down again: a killed shard's accounts are others' when all begin again."""
    for shards, until, number in (("1", 3, signal.SIGKILL), ("3", 2, signal.SIGTERM)):
        beginning = begin(capture, capture.last * 2 // until - 1, tmp_path / "beginning.zst")
        async with serve(beginning, PORT, pace=Pace(rate=1500)) as relay:
            url = f"ws://127.0.0.1:{relay.port}"
            async with running(tmp_path, database_url, url, SHARDS=shards) as program:
                await program.reached(capture.last // until)
                await program.end(number)
    again = await index(tmp_path, database_url, capture.path, capture.last, SHARDS="2")
    assert difference(expected, again) == []


@pytest.mark.parametrize("capture", ["made"], indirect=True)
async def test_statements_that_fail_in_the_middle_change_nothing(
    expected: Snapshot, capture: Capture, database_url: str, tmp_path: Path
) -> None:
    """Cancelled, timed out, deadlocked: none of it is the data's fault."""
    async with (
        serve(capture.path, PORT, pace=Pace(rate=1500)) as relay,
        running(tmp_path, database_url, f"ws://127.0.0.1:{relay.port}", SHARDS="2") as program,
    ):
        await program.reached(1)
        async with heckled(database_url) as heckler:
            await program.reached(capture.last)
        assert await program.end() == 0
    assert heckler.cancelled and heckler.deadlocks
    assert difference(expected, await look(database_url)) == []
    connection = await database.connect(database_url, "test")
    assert await connection.fetchval("SELECT count(*) FROM quarantine") == 0
    await connection.close()


async def test_losing_postgresql_in_the_middle_changes_nothing(
    expected: Snapshot, capture: Capture, database_url: str, tmp_path: Path
) -> None:
    """One connection at a time, and then all of them."""
    kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE"
    ours = "AND datname = current_database()"
    async with (
        serve(capture.path, PORT, pace=Pace(rate=700)) as relay,
        running(tmp_path, database_url, f"ws://127.0.0.1:{relay.port}", SHARDS="2") as program,
    ):
        for part, whose in ((5, "indexer shard 0%"), (3, "indexer parent%"), (2, "indexer%")):
            await program.reached(capture.last // part)
            await execute(database_url, f"{kill} '{whose}' {ours}")
        await program.reached(capture.last)
        assert await program.end() == 0
    assert difference(expected, await look(database_url)) == []


@pytest.mark.parametrize("capture", ["made"], indirect=True)
@pytest.mark.parametrize("everything", [False, True], ids=["postmaster", "everything at once"])
async def test_killing_the_embedded_postgresql_changes_nothing(
    everything: bool, expected: Snapshot, capture: Capture, tmp_path: Path
) -> None:
    """In the middle, with what it had not written down; the indexer starts it again."""
    server = embedded(tmp_path / "data")
    where = {"DATA_DIR": str(server.data_dir), "SHARDS": "2"}
    async with serve(capture.path, PORT, pace=Pace(rate=700)) as relay, AsyncExitStack() as stack:
        url = f"ws://127.0.0.1:{relay.port}"
        program = await stack.enter_async_context(running(tmp_path, "", url, **where))
        program.database_url = server.url
        await program.reached(capture.last // 3)
        found = find(program.process.pid, None, server.data_dir)
        assert found.postmaster and len(found.children) > 2 and found.sessions
        for pid in found.everybody if everything else found.postmaster:
            with suppress(ProcessLookupError):  # it has left with another
                os.kill(pid, signal.SIGKILL)
        if everything:
            await program.process.wait()
            program = await stack.enter_async_context(running(tmp_path, "", url, **where))
            program.database_url = server.url
        await program.reached(capture.last)
        assert await program.end() == 0, program.said()
    assert difference(expected, await look_into(server)) == []
