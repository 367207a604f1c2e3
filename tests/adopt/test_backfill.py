"""A backfill makes of what was adopted what it makes of an empty database."""

import asyncio
import json
from pathlib import Path
from random import Random

import pytest

from indexer import config, database
from indexer.adopt import Report
from indexer.coordinator.repos.queue import Queue
from indexer.protocol.event import Commit
from load.network import Running, made
from load.network import running as network_of
from tests.adopt.conftest import DOWNGRADE, HERE, OLDER, adopted, run
from tests.audit.conftest import make_writer
from tests.audit.test_auditing import drifted
from tests.shard.test_crossing import write
from tests.snapshot import Snapshot, difference, snapshot
from tests.system.program import look
from tests.system.test_network import Half, backfill, comparable, indexing, settled

DAMAGE = (HERE / "damage.sql").read_text()
# Of what stood in another version people are told, of what is new to us not: these say which it is.
UNEQUAL = {"commit_seq", "profile_created_at", "sort_at", "row"}
DAMAGED = (
    "users posts likes quotes follows lists feed_generator_records labeler_service_records"
    " starter_packs generic_records thread_gates post_aggregations"
).split()


@pytest.fixture(scope="module")
def half() -> Half:
    """Everybody is active in the end: of others there is nothing that could be fetched."""
    world = made(seed=7, commits=400, people=12)
    for account in world.network.accounts.values():
        account.status = None
    return Half(world, len(world.entries) // 2)


@pytest.fixture
async def adopted_url(half: Half, database_url: str) -> str:
    """An older system knew the first half, and not well."""
    writer = await make_writer(database_url)
    commits = [event for event in half.events[: half.begin] if isinstance(event, Commit)]
    await write(writer, commits, Random(0))
    await writer.pool.close()
    rename = "ALTER SCHEMA public RENAME TO ours; CREATE SCHEMA public"
    await run(database_url, rename, OLDER, DOWNGRADE, DAMAGE, "DROP SCHEMA ours CASCADE")
    await adopted(database_url)
    return database_url


async def test_of_what_was_adopted_no_version_is_known(taken: tuple[str, Report]) -> None:
    async with await database.open_pool(taken[0], "test", 1) as pool:
        queue = Queue(pool, config.load().repos)
        dids = [did for (did,) in await pool.fetch("SELECT did FROM repos")]
        found = [row for did in dids async for rows in queue.stored(did) for row in rows]
    known = {path for path, version in found if version}
    assert not known
    assert {"app.bsky.actor.profile", "app.bsky.feed.post", "app.bsky.graph.listitem"} <= {
        path.partition("/")[0] for path, _ in found
    }


async def backfilled(there: Running, half: Half, directory: Path, url: str) -> Snapshot:
    directory.mkdir()
    accounts = half.world.network.accounts.items()
    dids = [did for did, account in accounts if len(account.repo)]
    async with indexing(there, directory, url, SHARDS="1") as program:
        await backfill(program, there, directory, *dids)
        connection = await database.connect(url, "test")
        await settled(program, connection)
        found = await snapshot(connection)
        await connection.close()
        assert await program.end() == 0, program.said()
    return found


def uris(found: Snapshot, table: str) -> set[str]:
    return {json.loads(row)["uri"] for row in found[table]}


async def unread(url: str) -> set[str]:
    connection = await database.connect(url, "test")
    rows = await connection.fetch("SELECT uri FROM notifications WHERE NOT is_read")
    await connection.close()
    return {uri for (uri,) in rows}


async def test_what_an_older_system_lost_or_got_wrong_is_put_right(
    half: Half, adopted_url: str, other_url: str, tmp_path: Path
) -> None:
    before = await look(adopted_url)
    async with network_of(half.world.network, pds=2) as there:
        after, fresh = await asyncio.gather(
            backfilled(there, half, tmp_path / "adopted", adopted_url),
            backfilled(there, half, tmp_path / "fresh", other_url),
        )
    for table in ("posts", "reposts", "generic_records"):
        stood, due = uris(before, table), uris(fresh, table)
        assert due - stood, f"{table}: nothing was missing"
        assert stood - due, f"{table}: nothing stood that was deleted"
    was, due = (comparable(rows, half.undated) for rows in (before, fresh))
    assert not [table for table in DAMAGED if was[table] == due[table]], "nothing was wrong there"
    found, expected = (comparable(rows, half.undated, UNEQUAL) for rows in (after, fresh))
    assert difference(expected, found) == []
    assert await drifted(adopted_url) == {}
    told = uris(before, "notifications") & uris(after, "notifications")
    assert told, "nobody was told"
    assert not told & await unread(adopted_url), "what was read is to be read again"
