"""The whole program in a small network, of which it hears only the second half.

What that rests on is fetched one by one; then everything is, by a backfill.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Set
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import pytest

from indexer import database
from indexer.database import BY_KEY, open_pool
from indexer.protocol.event import Commit, Event
from indexer.protocol.frame import decode
from indexer.protocol.peek import peek
from indexer.protocol.syntax import AtUri, cid_text, parse_datetime
from indexer.records import RECORDS, TABLES
from indexer.shard.pending import Pending
from indexer.shard.writer import Writer
from load.capture import seq_of
from load.network import Network, Running, World, made, recorded
from load.network import running as network_of
from load.network.environment import environment, settings
from tests.conftest import LATER_US
from tests.shard.conftest import write
from tests.snapshot import Snapshot, snapshot
from tests.system.program import PATIENCE_S, ROOT, Program, running

MORE = "[cursor]\nsave_every_s = 0.05\n[repos]\nlook_every_s = 0.2\n"
PROFILE = "app.bsky.actor.profile/self"
# How a record came, who told of its account, and what only notices need.
UNEQUAL = {"commit_time", "commit_seq", "commit_rev", "sort_at", "row", "kept_from"}
UNEQUAL |= {"account_seq", "account_source", "profile_created_at", "handle", "search_vector"}


class Half(NamedTuple):
    """A world, and where what we hear of it begins."""

    world: World
    begin: int

    @property
    def events(self) -> list[Event]:
        found = (decode(frame, LATER_US) for _, frame in self.world.entries)
        return [event for event in found if event]

    @property
    def heard(self) -> set[str]:
        """Records that the second half brings."""
        return {
            op.uri
            for event in self.events[self.begin :]
            if isinstance(event, Commit)
            for op in event.ops
        }

    @property
    def undated(self) -> set[str]:
        """Records that do not say when they were made: they have the time at which they came."""
        ops = (op for event in self.events if isinstance(event, Commit) for op in event.ops)
        return {op.uri for op in ops if not parse_datetime(op.record.get("createdAt"))}


@pytest.fixture(scope="module", params=["made", "devnet"])
def half(request: pytest.FixtureRequest) -> Half:
    """Everybody is active in the end: of others there is nothing that could be fetched."""
    if request.param == "devnet":
        world = recorded(request.getfixturevalue("corpus") / "devnet")
    else:
        world = made(seed=7, commits=1200, people=28)
        entries = [entry for entry in world.entries if peek(entry[1]).kind != "#account"]
        world = world._replace(entries=entries)
        for account in world.network.accounts.values():
            account.status = None
    return Half(world, len(world.entries) // 2)


@pytest.fixture
async def whole(half: Half, other_url: str) -> Snapshot:
    """What all of the firehose makes."""
    pool = await open_pool(other_url, "test", 2, synchronous_commit="off", settings=BY_KEY)
    pending = Pending(timedelta(hours=24), 0, False, False)
    await write(Writer(pool, "relay.test", pending), *half.events)
    async with pool.acquire() as connection:
        found = await snapshot(connection)
    await pool.close()
    return found


@asynccontextmanager
async def listening(
    half: Half, directory: Path, url: str
) -> AsyncIterator[tuple[Running, Program]]:
    """An indexer in the network, that has heard the second half."""
    frames = half.world.entries[half.begin :]
    last = max(seq_of(frame) or 0 for _, frame in frames)
    async with (
        network_of(half.world.network, pds=3, frames=frames) as there,
        indexing(there, directory, url) as program,
    ):
        await program.reached(last)
        yield there, program


@asynccontextmanager
async def indexing(
    there: Running, directory: Path, url: str, **more: str
) -> AsyncIterator[Program]:
    file = settings(there, directory / "network.toml")
    file.write_text(file.read_text() + MORE)
    told = environment(there) | {"INDEXER_CONFIG": str(file), "SKIP_PDS_FETCHING": ""}
    relay = told.pop("RELAY_URL")
    async with running(directory, url, relay, **told, **more) as program:
        yield program


async def settled(program: Program, connection: asyncpg.Connection) -> None:
    """Until nothing waits for anything any more."""
    left = "SELECT (SELECT count(*) FROM pending) + (SELECT count(*) FROM resyncs)"
    try:
        async with asyncio.timeout(PATIENCE_S):
            while await connection.fetchval(left):
                program.check()
                await asyncio.sleep(0.1)
    except TimeoutError:
        rows = await connection.fetch("SELECT kind, subject, attempts, due FROM pending LIMIT 20")
        raise AssertionError(f"still waiting: {rows}\n{program.said()}") from None


async def test_a_half_is_made_whole(
    half: Half, whole: Snapshot, tmp_path: Path, database_url: str
) -> None:
    async with listening(half, tmp_path, database_url) as (there, program):
        connection = await database.connect(database_url, "test")
        await settled(program, connection)
        await check_accounts(connection, half.world.network)
        await check_awaited(connection, half.world.network)
        await check_notices(connection, whole["notifications"], half.heard)
        await backfill(program, there, tmp_path, "--all")
        await settled(program, connection)
        found = await snapshot(connection)
        for rows in (found, whole):
            rows["users"] = [row for row in rows["users"] if has_records(half.world.network, row)]
        assert comparable(found, half.undated) == comparable(whole, half.undated)
        await connection.close()
        assert await program.end() == 0, program.said()


async def check_accounts(connection: asyncpg.Connection, network: Network) -> None:
    """Everybody who is named has the handle that is theirs, and the profile that they have."""
    rows = await connection.fetch("SELECT did, handle, profile_cid FROM users")
    assert len(rows) > 20
    for did, handle, profile_cid in rows:
        account = network.accounts[did]
        assert handle == account.handle
        profile = account.repo.record(PROFILE)
        assert profile_cid == (profile and cid_text(profile.cid)), did


async def check_awaited(connection: asyncpg.Connection, network: Network) -> None:
    """What a record that the second half brought names is there, if there is such a record."""
    count = 0
    for table in TABLES:
        news = f"{table.news} IS NOT NULL" if table.news else "true"
        for column in table.awaits:
            if column == "via_uri":  # one's own post: nobody is told of it, or waits
                news += " AND split_part(post_uri, '/', 3) <> user_did"
            rows = await connection.fetch(
                f"SELECT DISTINCT {column} FROM {table.name} WHERE {column} IS NOT NULL AND {news}"
            )
            for (uri,) in rows:
                subject = AtUri(uri)
                owner = RECORDS[subject.collection].owns[0]
                there = await connection.fetchval(
                    f"SELECT true FROM {owner.name} WHERE {owner.key} = $1"
                    " UNION SELECT true FROM duplicates WHERE uri = $1",
                    owner.key_of(subject),
                )
                is_record = has(network, subject)
                assert bool(there) == is_record, (table.name, column, uri)
                count += is_record
    assert count > 100


async def check_notices(
    connection: asyncpg.Connection, all_of_them: list[str], heard: set[str]
) -> None:
    """Whoever is told by a like, a repost or a follow of the second half has been told."""
    found = {uri for (uri,) in await connection.fetch("SELECT uri FROM notifications")}
    expected = {
        notice["uri"]
        for notice in map(json.loads, all_of_them)
        if notice["uri"].partition("#")[0] in heard
        and notice["reason"] in ("like", "repost", "follow", "like-via-repost")
    }
    assert len(expected) > 20
    assert expected <= found, expected - found


async def backfill(program: Program, there: Running, directory: Path, *whose: str) -> None:
    told = environment(there) | {"INDEXER_CONFIG": str(directory / "network.toml")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "indexer", "backfill", *whose),
        cwd=ROOT,
        env=os.environ | told | {"DATABASE_URL": program.database_url},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(PATIENCE_S):
            said, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        said, _ = await process.communicate()
        raise AssertionError(f"{said.decode()[-2000:]}\n{program.said()}") from None
    assert process.returncode == 0, said.decode()


def has(network: Network, uri: AtUri) -> bool:
    return network.accounts[uri.did].repo.record(uri.removeprefix(f"at://{uri.did}/")) is not None


def has_records(network: Network, user: str) -> bool:
    """Of an account without any, and whom nobody names, we may not have heard."""
    return bool(network.accounts[json.loads(user)["did"]].repo.paths())


def comparable(
    found: Snapshot, undated: set[str], unequal: Set[str] = UNEQUAL
) -> dict[str, list[str]]:
    """But for notices, which were not made of old records, and for what only stands in for a time
    that is not known."""
    return {
        table: sorted(_without_times(json.loads(row), undated, unequal) for row in rows)
        for table, rows in found.items()
        if table != "notifications"
    }


def _without_times(row: dict[str, Any], undated: set[str], unequal: Set[str]) -> str:
    is_undated = not undated.isdisjoint(value for value in row.values() if isinstance(value, str))
    left_out = unequal | ({"created_at", "verified_at"} if is_undated else set())
    return json.dumps({key: value for key, value in row.items() if key not in left_out})
