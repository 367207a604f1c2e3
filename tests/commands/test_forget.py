"""`indexer forget`, as somebody at a terminal meets it."""

import asyncio
import os
import pty
import subprocess
import sys
from typing import Any

from indexer.shard.writer import Writer
from tests.ops import Stream
from tests.records.samples import ALICE, BOB
from tests.shard.conftest import write
from tests.test_main import ROOT, indexer, refusal

FORBIDDEN = "SELECT user_did FROM user_settings WHERE data_collection_forbidden"


async def run(*arguments: str, url: str) -> Any:
    return await asyncio.to_thread(indexer, "forget", *arguments, DATABASE_URL=url)


def at_a_terminal(answer: str, url: str, *arguments: str) -> tuple[int, str]:
    """The exit status and all that is said when somebody answers so."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "indexer", "forget", *arguments],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url, "METRICS_PORT": "0"},
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    os.close(theirs)
    os.write(ours, f"{answer}\n".encode())
    said, _ = process.communicate(timeout=60)
    os.close(ours)
    return process.returncode, said


async def test_it_shows_what_it_removed_and_remembers_the_opt_out(
    writer: Writer, database_url: str
) -> None:
    stream = Stream()
    posts = (stream.create(ALICE, "app.bsky.feed.post", {"text": ""}, str(n)) for n in range(12))
    await write(
        writer, *posts, stream.create(BOB, "app.bsky.graph.follow", {"subject": ALICE}, "f")
    )
    ended = await run(ALICE, "--yes", url=database_url)
    assert ended.returncode == 0, ended.stderr
    assert [line.split() for line in ended.stdout.splitlines() if "posts" in line] == [
        ["│", "posts", "│", "12", "│"]
    ]
    assert f"{ALICE} is opted out" in ended.stdout.replace("\n", " ")
    assert await writer.pool.fetchval("SELECT count(*) FROM posts") == 0
    assert await writer.pool.fetch(FORBIDDEN) == [(ALICE,)]
    assert "nothing was stored" in (await run(ALICE, "--yes", url=database_url)).stdout


async def test_it_asks_first_and_a_no_changes_nothing(writer: Writer, database_url: str) -> None:
    await write(writer, Stream().create(ALICE, "app.bsky.feed.post", {"text": ""}, "1"))
    said = await asyncio.to_thread(refusal, "forget", ALICE, DATABASE_URL=database_url)
    assert "--yes" in said
    status, shown = await asyncio.to_thread(at_a_terminal, "n", database_url, ALICE)
    assert status == 1 and "posts" in shown and "[y/N]" in shown
    assert await writer.pool.fetchval("SELECT count(*) FROM posts") == 1
    assert await writer.pool.fetch(FORBIDDEN) == []
    status, shown = await asyncio.to_thread(at_a_terminal, "y", database_url, ALICE)
    assert status == 0, shown
    assert await writer.pool.fetchval("SELECT count(*) FROM posts") == 0


async def test_what_is_no_did_is_told_apart_from_a_handle(
    writer: Writer, database_url: str
) -> None:
    await write(writer, Stream().create(ALICE, "app.bsky.feed.post", {"text": ""}, "1"))
    await writer.pool.execute("UPDATE users SET handle = 'alice.test'")

    async def said(text: str) -> str:
        return await asyncio.to_thread(refusal, "forget", text, "--yes", DATABASE_URL=database_url)

    assert "'did:plc' is no DID" in await said("did:plc")
    assert ALICE in await said("@alice.test")
    assert "we know nobody of this handle" in await said("bob.test")
    assert await writer.pool.fetchval("SELECT count(*) FROM posts") == 1
