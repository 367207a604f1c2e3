"""`indexer identities import`, as somebody at a terminal meets it."""

import asyncio
import gzip
import subprocess
import sys

import pytest
from backports import zstd
from typer.testing import CliRunner, Result

from indexer import database
from indexer.commands import app
from tests.conftest import wait_for
from tests.coordinator.directory import Directory, line, log_of
from tests.coordinator.people import ALICE, BOB
from tests.coordinator.strangers import answer, living
from tests.test_main import ROOT

LOG = log_of(line(ALICE, "alice.test"), line(BOB, "bob.test"))
BOTH = [(ALICE, "alice.test"), (BOB, "bob.test")]


def run(url: str, *arguments: str, plc_url: str = "https://plc.test") -> Result:
    environ = {"DATABASE_URL": url, "PLC_URL": plc_url}
    return CliRunner().invoke(app, ["identities", "import", *arguments], env=environ)


def stored(url: str, statement: str = "SELECT did, claimed FROM identities ORDER BY did") -> list:
    async def fetch():
        connection = await database.connect(url, "test")
        rows = [tuple(row) for row in await connection.fetch(statement)]
        await connection.close()
        return rows

    return wait_for(fetch())


FORMS = {"log.jsonl": lambda log: log, "log.jsonl.gz": gzip.compress, "log.zst": zstd.compress}


@pytest.mark.parametrize("name", FORMS)
def test_a_file_is_read_whether_it_is_compressed_or_not(database_url, tmp_path, name):
    path = tmp_path / name
    path.write_bytes(FORMS[name](LOG))
    ended = run(database_url, str(path))
    assert ended.exit_code == 0, ended.output
    assert "2 lines read" in ended.output
    assert stored(database_url) == BOTH
    assert stored(database_url, "SELECT * FROM directories") == []


def test_what_is_piped_in_is_read_too(database_url):
    words = [sys.executable, "-m", "indexer", "identities", "import", "-"]
    ended = subprocess.run(
        words, cwd=ROOT, input=LOG, env={"DATABASE_URL": database_url}, capture_output=True
    )
    assert ended.returncode == 0, ended.stderr
    assert stored(database_url) == BOTH


def test_of_a_whole_log_it_is_remembered_to_where_it_went(database_url, tmp_path):
    (tmp_path / "log").write_bytes(LOG + line(ALICE, at=5))
    assert run(database_url, str(tmp_path / "log"), "--whole").exit_code == 0
    seen = stored(database_url, "SELECT url, seen_to::text FROM directories")
    assert seen == [("https://plc.test", "2024-01-01 00:00:00.005+00")]


def test_bad_lines_are_named_and_make_the_exit_code_1(database_url, tmp_path):
    (tmp_path / "log").write_bytes(b"[]\n" + LOG + b"x" * 70_000 + b"\n")
    ended = run(database_url, str(tmp_path / "log"))
    assert ended.exit_code == 1
    assert "line 1: bad_operation" in ended.output and "line 4: too_big" in ended.output
    assert "1 refused: a line of a PLC export that is no operation" in ended.output
    assert stored(database_url) == BOTH


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "name a file"),
        (("x", "--from-plc"), "name a file"),
        (("--from-plc", "--whole"), "name a file"),
        (("/nowhere/log",), "/nowhere/log cannot be read: No such file"),
    ],
)
def test_what_cannot_be_meant_is_refused(database_url, arguments, why):
    ended = run(database_url, *arguments)
    assert ended.exit_code == 1 and why in ended.output


@pytest.mark.parametrize(
    ("variable", "value"), [("PLC_URL", "plc.directory"), ("ALLOW_PRIVATE_HOSTS", "http://h")]
)
def test_hosts_that_cannot_be_are_named_before_anything_begins(variable, value):
    ended = CliRunner().invoke(app, ["status"], env={variable: value})
    assert ended.exit_code == 1 and value in ended.output


@pytest.mark.parametrize("name", ["log.jsonl.gz", "log.zst"])
def test_a_file_that_is_cut_off_is_said_to_be(database_url, tmp_path, name):
    (tmp_path / name).write_bytes(FORMS[name](LOG)[:-9])
    ended = run(database_url, str(tmp_path / name))
    assert ended.exit_code == 1 and "is damaged, or cut off" in ended.output


async def test_a_directory_is_read_from_where_it_was_left(database_url):
    directory = Directory([line(ALICE, "alice.test", at=1), line(BOB, "old.test", at=2)])
    async with living(directory) as port:
        words, plc_url = (database_url, "--from-plc"), f"http://localhost:{port}"
        ended = await asyncio.to_thread(run, *words, plc_url=plc_url)
        assert ended.exit_code == 0, ended.output
        directory.log.append(line(BOB, "bob.test", at=3))
        directory.heard.clear()
        directory.fails = [answer(503)]
        ended = await asyncio.to_thread(run, *words, plc_url=plc_url)
    assert ended.exit_code == 0, ended.output
    assert len(directory.heard) == 3
    assert all("after=2024-01-01T00:00:00.00" in asked for asked in directory.heard)
    assert await asyncio.to_thread(stored, database_url) == BOTH
