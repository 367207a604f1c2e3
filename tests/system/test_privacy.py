"""Opting out, in and out again, and being forgotten, while the stream runs through the real
processes. The stream never pauses: what is sent after an opt-out is committed is never stored, what
is sent after an opt-in always."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection

from tests.frames import TREE, Draft, Write, create, link
from tests.ops import tid
from tests.parent.relay import relay
from tests.system.program import Program, running
from tests.test_main import indexer

POST, FOLLOW = "app.bsky.feed.post", "app.bsky.graph.follow"
PEOPLE = [f"did:plc:{n:024}" for n in range(1, 9)]  # over all shards
FRIEND = f"did:plc:{9:024}"  # never opts out, and follows everybody again and again
FORBID = (
    "INSERT INTO user_settings (user_did, data_collection_forbidden) VALUES ($1, $2)"
    " ON CONFLICT (user_did) DO UPDATE SET data_collection_forbidden = $2"
)

pytestmark = pytest.mark.timeout(300)


class Network:
    """Everybody posts in turn, for as long as somebody listens."""

    def __init__(self) -> None:
        self.sent = 0
        self.sequences: dict[str, list[int]] = defaultdict(list)
        self._revs: dict[str, str] = {}

    async def play(self, connection: ServerConnection, _: int | None) -> None:
        while True:
            for did in PEOPLE:
                await connection.send(
                    self._frame(did, create(f"{POST}/{tid(self.sent)}", {"text": "x"}))
                )
            writes = [
                create(f"{FOLLOW}/{tid(self.sent + n)}", {"subject": did})
                for n, did in enumerate(PEOPLE)
            ]
            await connection.send(self._frame(FRIEND, *writes))
            await asyncio.sleep(0.01)

    def _frame(self, did: str, *writes: Write) -> bytes:
        self.sent += 1
        self.sequences[did].append(self.sent)
        draft = Draft(*writes, did=did, rev=tid(self.sent), seq=self.sent)
        since = self._revs.get(did)
        draft.body |= {"since": since, "prevData": link(TREE) if since else None}
        self._revs[did] = tid(self.sent)
        return draft.frame()


@asynccontextmanager
async def live(directory: Path, database_url: str) -> AsyncIterator[tuple[Network, Program]]:
    network = Network()
    async with (
        relay(network.play) as served,
        running(directory, database_url, served.url, SHARDS="3") as program,
    ):
        await program.reached(100)
        yield network, program
        assert await program.end() == 0, program.said()


async def stored(connection: Any, did: str) -> list[int]:
    query = "SELECT commit_seq FROM posts WHERE author_did = $1 ORDER BY 1"
    return [seq for (seq,) in await connection.fetch(query, did)]


async def test_in_and_out_again_while_the_stream_runs(
    database_url: str, connection: Any, tmp_path: Path
) -> None:
    leavers = PEOPLE[:5]
    await connection.execute(FORBID, PEOPLE[0], False)  # a row that is updated, not made
    silent: list[tuple[int, int]] = []  # sent meanwhile, and never to be stored
    spoken: list[tuple[int, int]] = []
    async with live(tmp_path, database_url) as (network, program):
        for forbidden in (True, False, True, False):
            for did in leavers:
                await connection.execute(FORBID, did, forbidden)
            first = network.sent + 1
            await asyncio.sleep(0.3)
            last = network.sent
            await program.reached(last)
            (silent if forbidden else spoken).append((first, last))
    for did in PEOPLE:
        found = set(await stored(connection, did))
        for first, last in silent if did in leavers else []:
            assert not {seq for seq in found if first <= seq <= last}
        for first, last in spoken if did in leavers else [(1, network.sent // 2)]:
            assert {seq for seq in network.sequences[did] if first <= seq <= last} <= found
    states = dict(await connection.fetch("SELECT did, state FROM repos"))
    assert {states[did] for did in leavers} == {"partial"}
    assert {states[did] for did in PEOPLE[5:]} == {"synchronized"}
    drift = await connection.fetch(
        "SELECT did FROM user_aggregations a WHERE posts_count <>"
        " (SELECT count(*) FROM posts WHERE author_did = a.did)"
    )
    assert drift == []


async def test_an_account_forgotten_while_the_stream_runs_stays_forgotten(
    database_url: str, connection: Any, tmp_path: Path
) -> None:
    """Its author goes on writing, and others go on naming it."""
    gone = PEOPLE[3]
    async with live(tmp_path, database_url) as (network, program):
        assert await stored(connection, gone)
        ended = await asyncio.to_thread(indexer, "forget", gone, "--yes", DATABASE_URL=database_url)
        assert ended.returncode == 0, ended.stderr
        assert await of(connection, gone) == {}
        await asyncio.sleep(0.3)
        await program.reached(network.sent)
        assert await of(connection, gone) == {}
        rev = await connection.fetchval("SELECT rev FROM repos WHERE did = $1", gone)
    assert rev > tid(network.sequences[gone][0])
    follows = "SELECT count(*) FROM follows WHERE following_did = $1"
    assert await connection.fetchval(follows, gone) > 0


async def of(connection: Any, did: str) -> dict[str, int]:
    """What is stored of an account as its own."""
    found = {
        table: await connection.fetchval(
            f"SELECT count(*) FROM {table} WHERE starts_with({column}, $1)", prefix
        )
        for table, column, prefix in (
            ("posts", "uri", f"at://{did}/"),
            ("notifications", "uri", f"at://{did}/"),
            ("quarantine", "did", did),
            ("users", "did", did),
            ("pending", "subject", did),
            ("pending", "subject", f"at://{did}/"),
        )
    }
    return {table: count for table, count in found.items() if count}
