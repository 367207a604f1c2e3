"""A past that was filled in is the one that a shard would have written, and goes on as it would."""

from collections.abc import Iterable
from random import Random

import pytest

from indexer.audit.auditing import audit
from indexer.protocol.dump import Entry
from indexer.protocol.event import Commit, Event
from indexer.protocol.frame import decode
from indexer.shard.trees import checked
from load.encoding.frames import Encoder
from load.generate import entries
from load.past import Plan, fill, generate
from load.past.accounts import identify
from load.snapshot import Snapshot, difference
from tests.audit.conftest import make_writer
from tests.shard.test_crossing import look, write

PLANS = [Plan(seed, past=700, commits=500, people=30, history=0) for seed in (1, 2)]
ForPlans = pytest.mark.parametrize("plan", PLANS, ids=["one world", "another"])


def events_of(frames: Iterable[Entry]) -> list[Event]:
    return [event for time, frame in frames if (event := decode(frame, time))]


async def written(url: str, events: list[Event]) -> Snapshot:
    writer = await make_writer(url)
    await write(writer, events, Random(0))
    found = await look(writer)
    await writer.pool.close()
    return found


async def drifts(url: str) -> list[str]:
    found = []
    async for progress in audit(url):
        found = [f"{t.table}.{t.column}: {t.examples}" for t in progress.tallies if t.drifted]
    return found


@ForPlans
async def test_past_and_stream_are_what_shards_make_of_both(
    plan: Plan, database_url: str, other_url: str
) -> None:
    await fill(database_url, plan)
    assert await drifts(database_url) == []
    continued = await written(database_url, events_of(generate(plan)))

    writer = await make_writer(other_url)
    async with writer.pool.acquire() as connection:
        await identify(connection, plan)
    await writer.pool.close()
    whole = await written(other_url, events_of(entries(plan.world(), Encoder(plan.seed))))

    assert difference(plain(continued), plain(whole)) == []
    assert await drifts(database_url) == []


def plain(found: Snapshot) -> Snapshot:
    """Repos have other trees, for what never changes again is in none of them."""
    return {table: rows for table, rows in found.items() if table != "repos"}


async def test_no_repo_diverges_in_the_stream(database_url: str) -> None:
    plan = Plan(seed=3, past=400, commits=300, people=20, history=500)
    await fill(database_url, plan)
    writer = await make_writer(database_url)
    stream = events_of(generate(plan))
    for event in stream:
        assert checked(event) is event
    await write(writer, stream, Random(0))
    states = await writer.pool.fetch("SELECT state, count(*) FROM repos GROUP BY state")
    await writer.pool.close()
    assert {state for state, _ in states} == {"synchronized"}
    assert sum(isinstance(event, Commit) for event in stream) == 300
