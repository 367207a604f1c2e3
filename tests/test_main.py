"""The command line and the signals, as somebody at a terminal meets them."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from indexer.supervisor.program import SAME_SIGNAL_S
from load.capture import write_capture
from load.generate import generate
from tests.parent.frames import error
from tests.parent.relay import relay, sends
from tests.polling import blocked, until
from tests.system.program import Program, execute, free_port, group_of, running

ROOT = Path(__file__).parents[1]
LONG = f"did:web:{'a-long-label.' * 12}test"
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def indexer(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "indexer", *arguments],
        cwd=ROOT,
        env=os.environ | {"METRICS_PORT": "0", "COLUMNS": ""} | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def refusal(*arguments: str, **environment: str) -> str:
    """The one line that is said."""
    ended = indexer(*arguments, **environment)
    assert ended.returncode == 1, ended.stderr
    assert "Traceback" not in ended.stderr
    line, *more = [line for line in ended.stderr.splitlines() if line.startswith("indexer: ")]
    assert not more
    return line.removeprefix("indexer: ")


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("capture") / "world.cborseq.zst"
    write_capture(path, generate(seed=11, commits=300))
    return path


async def begun(program: Program) -> None:
    """All of it runs."""
    await until(lambda: "/metrics" in program.said() or program.check())
    await program.shard(0)


def draining(
    drain_s: int, directory: Path, database_url: str, capture: Path
) -> AbstractAsyncContextManager[Program]:
    own = directory / "own.toml"
    own.write_text(f"[shards]\ndrain_s = {drain_s}\n")
    own_settings = {"SHARDS": "1", "INDEXER_CONFIG": str(own)}
    return running(directory, database_url, f"file:{capture}", **own_settings)


async def health(program: Program) -> tuple[int, list[str]]:
    (port,) = set(re.findall(r"http://127\.0\.0\.1:(\d+)/metrics", program.said()))
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/health") as answer,
    ):
        return answer.status, (await answer.json())["reasons"]


def test_it_says_what_it_can_do() -> None:
    said = indexer("--help").stdout
    assert all(command in said for command in ("run", "migrate", "status", "quarantine"))


def test_mistakes_in_the_settings_are_one_line(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text("[relay]\nurll = 'x'\n")
    assert "relay.urll" in refusal("run", INDEXER_CONFIG=str(own))
    assert "RELAY_URL" in refusal("run", RELAY_URL="ftp://nowhere")
    assert "SHARDS" in refusal("run", SHARDS="many")
    assert "live" in refusal("run", START_CURSOR="yesterday")
    assert "'nobody' is no DID" in refusal("run", LABELERS="did:web:a.test,nobody")
    assert "there is no database in" in refusal("status", DATA_DIR=str(tmp_path / "none"))


def test_a_database_that_cannot_be_had_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    url = f"postgresql://somebody:secret@127.0.0.1:{port}/x"
    for command in ("run", "migrate", "status"):
        said = refusal(command, DATABASE_URL=url)
        assert said.startswith("cannot reach the database: ")
        assert "secret" not in said


def test_a_port_in_use_is_one_line(database_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refusal("run", DATABASE_URL=database_url, METRICS_PORT=str(port), SHARDS="1")
    assert said.startswith(f"cannot serve metrics on 127.0.0.1:{port} (Address already in use)")


def test_what_is_logged_is_not_among_the_results(tmp_path: Path) -> None:
    own = {"DATABASE_URL": "", "DATA_DIR": str(tmp_path / "data")}
    ended = indexer("migrate", **own)
    assert re.search(r"^20[-0-9]+ [:0-9]+ INFO    indexer: making the database", ended.stderr)
    assert ended.stdout.startswith("postgresql:///indexer: applied")


def test_an_empty_database_is_made_once(empty_database_url: str) -> None:
    assert "has `indexer migrate` made" in refusal("status", DATABASE_URL=empty_database_url)
    assert "applied schema" in indexer("migrate", DATABASE_URL=empty_database_url).stdout
    assert "up to date" in indexer("migrate", DATABASE_URL=empty_database_url).stdout


def test_a_capture_is_indexed_and_then_it_ends(database_url: str, capture: Path) -> None:
    given = {"DATABASE_URL": database_url, "RELAY_URL": f"file:{capture}", "SHARDS": "2"}
    ended = indexer("run", SKIP_PDS_FETCHING="true", **given)
    assert ended.returncode == 0, ended.stderr
    assert "Traceback" not in ended.stderr
    found = json.loads(indexer("status", "--json", **given).stdout)
    assert found["live"] is None and "METRICS_PORT is 0" in found["why_not"]
    assert found["source"] == f"file:{capture}"
    assert found["database"]["cursor"] > 300
    assert str(found["database"]["cursor"]) in indexer("status", **given).stdout


async def test_what_was_refused_can_be_listed_and_looked_at(
    database_url: str, connection: Any, tmp_path: Path
) -> None:
    columns = "source, seq, did, reason, detail, frame"
    query = f"INSERT INTO quarantine ({columns}) VALUES ($1, $2, $3, $4, $5, $6)"
    await connection.execute(query, "s", 7, "did:web:a", "bad_rev", "no TID", b"\x01\x02")
    await connection.execute(query, "s", 8, "did:web:b", "too_big", "5 MB", b"\x03")

    def run(*arguments: str) -> Any:
        return asyncio.to_thread(indexer, *arguments, DATABASE_URL=database_url)

    listed = (await run("quarantine", "list")).stdout
    assert "bad_rev" in listed and "too_big" in listed
    await connection.execute("UPDATE quarantine SET did = $1 WHERE seq = 7", LONG)
    listed = (await run("quarantine", "list")).stdout
    assert LONG in listed, "in a pipe nothing is cut"
    listed = (await run("quarantine", "list", "--reason", "too_big")).stdout
    assert "bad_rev" not in listed and "did:web:b" in listed
    number = str(await connection.fetchval("SELECT id FROM quarantine WHERE seq = 7"))
    raw = tmp_path / "frame"
    shown = (await run("quarantine", "show", number, "--raw", str(raw))).stdout
    assert "no TID" in shown and "0102" in shown
    assert raw.read_bytes() == b"\x01\x02"
    said = await asyncio.to_thread(refusal, "quarantine", "show", "999", DATABASE_URL=database_url)
    assert said == "nothing in quarantine has the id 999"


async def test_it_works_where_text_is_not_utf_8(empty_database_url: str, capture: Path) -> None:
    given = {"DATABASE_URL": empty_database_url, "RELAY_URL": f"file:{capture}"} | ASCII
    ended = await asyncio.to_thread(indexer, "run", SKIP_PDS_FETCHING="true", **given)
    assert ended.returncode == 0, ended.stderr
    frame = "INSERT INTO quarantine (source, reason, detail, frame) VALUES ('s', 'é', '→', '')"
    await execute(empty_database_url, frame)
    listed = await asyncio.to_thread(indexer, "quarantine", "list", **given)
    assert r"\u2192" in listed.stdout, listed.stderr


async def test_without_a_network_it_says_so_keeps_trying_and_ends_well(
    database_url: str, tmp_path: Path
) -> None:
    async with running(tmp_path, database_url, "wss://relay.invalid", SHARDS="1") as program:
        await begun(program)
        await until(lambda: program.said().count("no network, or no such host") >= 2)
        status, reasons = await health(program)
        assert status == 503
        assert reasons == ["cannot look up relay.invalid: no network, or no such host"]
        assert await program.end() == 0
        assert "Traceback" not in program.said()


async def test_a_second_indexer_of_the_same_source_does_not_start(
    database_url: str, tmp_path: Path
) -> None:
    async with relay(sends()) as server, running(tmp_path, database_url, server.url) as program:
        await begun(program)
        given = {"DATABASE_URL": database_url, "RELAY_URL": server.url}
        said = await asyncio.to_thread(refusal, "run", **given)
        assert f"pid {program.process.pid}" in said
        assert (await health(program))[1] == []
        assert await program.end() == 0


async def test_health_and_status_tell_of_a_relay_that_does_not_know_us(
    database_url: str, tmp_path: Path
) -> None:
    ahead = sends(error("FutureCursor"), then_stays=False)
    port = free_port()
    async with (
        relay(ahead) as server,
        running(tmp_path, database_url, server.url, METRICS_PORT=str(port), SHARDS="1") as program,
    ):
        await begun(program)
        given = {"DATABASE_URL": database_url, "RELAY_URL": server.url, "METRICS_PORT": str(port)}
        await until(lambda: "FutureCursor" in program.said())
        shown = (await asyncio.to_thread(indexer, "status", **given)).stdout
        assert "FutureCursor" in shown and "shard 0" in shown and "coordinator" in shown
        assert str(port + 2) in shown
        elsewhere = given | {"RELAY_URL": "elsewhere"}
        shown = (await asyncio.to_thread(indexer, "status", **elsewhere)).stdout
        assert "does not index this source" in " ".join(shown.split())
        assert await program.end() == 0


@pytest.mark.parametrize(
    ("send", "number"),
    [(os.kill, signal.SIGTERM), (os.killpg, signal.SIGTERM), (os.killpg, signal.SIGINT)],
)
async def test_told_to_end_it_ends_with_all_its_processes(
    database_url: str, tmp_path: Path, send: Callable[[int, int], None], number: signal.Signals
) -> None:
    """A terminal's interrupt goes to all of them; it is the parent's to hear. Who is told along
    with the parent to end is not missed."""
    async with relay(sends()) as server, running(tmp_path, database_url, server.url) as program:
        await begun(program)
        send(program.process.pid, number)
        assert await asyncio.wait_for(program.process.wait(), 30) == 0
        await until(lambda: not group_of(program.process.pid))
        assert "Traceback" not in program.said()
        assert "killed" not in program.said()
        assert "a process ended" not in program.said()


async def test_told_to_end_before_it_has_begun_it_ends_too(
    database_url: str, tmp_path: Path
) -> None:
    async with relay(sends()) as server, running(tmp_path, database_url, server.url) as program:
        await until(lambda: "metrics" in program.said())
        assert await program.end() == 0
        assert "Traceback" not in program.said()


async def test_who_cannot_finish_in_time_is_not_waited_for(
    database_url: str, connection: Any, tmp_path: Path, capture: Path
) -> None:
    """PostgreSQL holds a shard's transaction up: the cursor stays before it, and all ends."""
    async with connection.transaction():
        await connection.execute("LOCK TABLE posts IN ACCESS EXCLUSIVE MODE")  # shards need it
        async with draining(2, tmp_path, database_url, capture) as program:
            await blocked(connection)
            assert await program.end() == 0
            assert "not everybody finished in time" in program.said()
    assert not await connection.fetchval("SELECT sum(cursor) FROM firehose_cursor")


async def test_a_second_signal_waits_for_nobody(
    database_url: str, connection: Any, tmp_path: Path, capture: Path
) -> None:
    async with connection.transaction():
        await connection.execute("LOCK TABLE posts IN ACCESS EXCLUSIVE MODE")  # shards need it
        async with draining(600, tmp_path, database_url, capture) as program:
            await blocked(connection)
            program.process.terminate()
            await until(lambda: "ending" in program.said())
            await asyncio.sleep(SAME_SIGNAL_S + 0.1)
            assert await program.end() == 1
            assert "Traceback" not in program.said()


async def test_when_the_parent_is_killed_nobody_is_left(database_url: str, tmp_path: Path) -> None:
    async with relay(sends()) as server, running(tmp_path, database_url, server.url) as program:
        await begun(program)
        program.process.kill()
        await until(lambda: not group_of(program.process.pid))
