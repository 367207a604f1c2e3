"""What is left of a forgotten account, and what comes of it later."""

import asyncio
from dataclasses import replace

import pytest

from indexer.audit import audit
from indexer.database import BY_KEY, open_pool
from indexer.protocol.event import Event
from indexer.shard import accounts
from indexer.shard.admission import Kept
from indexer.shard.forget import dids_of, forget, records_of
from indexer.shard.writer import Writer
from tests.ops import Stream
from tests.polling import blocked
from tests.records.samples import ALICE, BOB, CAROL, POST, SAMPLES, facet, ref
from tests.records.test_every_type import world
from tests.shard.conftest import write
from tests.shard.test_accounts import forbid
from tests.snapshot import TABLES, difference, snapshot

FEED_POST, LIKE, FOLLOW = "app.bsky.feed.post", "app.bsky.feed.like", "app.bsky.graph.follow"
CONTENT = [table for table in TABLES if table not in ("repos", "notifications")]
# What still names the account: what others wrote of it, its gate and its opt-out.
MAY_NAME = {"repos", "user_settings", "label_events", "starter_packs"}


def nobody(_: int) -> None:
    """Nobody is told."""


def everything(stream: Stream) -> list[Event]:
    """A record of every type by Alice, and another beside it: a duplicate, or refused."""
    events: list[Event] = []
    for nsid, sample in SAMPLES.items():
        events.append(stream.create(ALICE, nsid, sample.first, sample.rkey))
        events.append(stream.create(ALICE, nsid, sample.first, f"{sample.rkey}z"))
    return events


async def naming(writer: Writer, did: str) -> dict[str, int]:
    """How many rows of each table have the DID anywhere in them."""
    tables = await writer.pool.fetch(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    )
    counts = {
        table: await writer.pool.fetchval(
            f"SELECT count(*) FROM {table} t WHERE position($1 IN to_jsonb(t)::text) > 0", did
        )
        for (table,) in tables
    }
    return {table: count for table, count in counts.items() if count}


async def test_the_database_is_as_if_the_account_had_never_written(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "RECORDS_AT_ONCE", 7)  # so that it takes several transactions
    stream = Stream()
    events = world(stream)
    await write(writer, *(event for event in events if event.did != ALICE))
    async with writer.pool.acquire() as connection:
        without = await snapshot(connection, *CONTENT)
    mine = [event for event in events if event.did == ALICE] + everything(stream)
    await write(writer, *mine, stream.identity(ALICE))
    await writer.pool.execute("INSERT INTO identities (did, handle) VALUES ($1, 'a.test')", ALICE)
    bytes_of_nobody = Kept(None, None, None, "bad_frame", "", frame=b"\0" + ALICE.encode())
    await writer.quarantine([Kept(99, ALICE, None, "bad_car", "", frame=b"?"), bytes_of_nobody])
    stored = await records_of(writer.pool, ALICE)
    told: list[int] = []
    gone = await forget(writer, ALICE, told.append)
    assert gone["posts"] == stored["posts"] == 3
    assert gone["users"] == 2, "the profile, and the row"
    assert gone["quarantine"] > 2
    assert sum(told) == gone.total() and len(told) > 3
    async with writer.pool.acquire() as connection:
        now = await snapshot(connection, *CONTENT)
    # Somebody is known, and told of nothing, whom only Alice named.
    assert [line for line in difference(without, now) if not line.startswith("+ users")] == []
    assert (await naming(writer, ALICE)).keys() <= MAY_NAME
    assert await writer.pool.fetchval("SELECT data_collection_forbidden FROM user_settings")
    state, rev = await writer.pool.fetchrow("SELECT state, rev FROM repos WHERE did = $1", ALICE)
    assert (state, rev) == ("partial", mine[-1].rev)  # type: ignore[union-attr]


async def test_what_others_wrote_stays_and_their_counts_are_those_of_their_rows(
    writer: Writer,
) -> None:
    stream = Stream()
    alices = f"at://{ALICE}/{FEED_POST}/1"
    await write(
        writer,
        stream.create(ALICE, FEED_POST, {"text": ""}, "1"),
        stream.create(ALICE, FOLLOW, {"subject": BOB}, "f"),
        stream.create(BOB, LIKE, {"subject": ref(alices)}, "l"),
        stream.create(BOB, FOLLOW, {"subject": ALICE}, "f"),
    )
    assert await writer.pool.fetchval("SELECT count(*) FROM notifications") == 3
    await forget(writer, ALICE, nobody)
    assert await writer.pool.fetchval("SELECT count(*) FROM likes") == 1
    assert await writer.pool.fetchval("SELECT like_count FROM post_aggregations") == 1
    counts = await writer.pool.fetch(
        "SELECT did, followers_count, follows_count FROM user_aggregations ORDER BY did"
    )
    assert counts == [(ALICE, 1, 0), (BOB, 0, 1)]
    assert await writer.pool.fetch("SELECT uri FROM notifications") == []
    assert await writer.pool.fetch("SELECT did FROM users") == [(BOB,)]
    await write(writer, stream.delete(BOB, LIKE, "l"), stream.delete(BOB, FOLLOW, "f"))
    drift = await writer.pool.fetch("SELECT FROM post_aggregations WHERE like_count <> 0")
    assert drift == []


async def test_an_audit_finds_nothing_missing_of_a_forgotten_account(
    writer: Writer, database_url: str
) -> None:
    stream = Stream()
    await write(
        writer,
        *everything(stream),
        stream.create(BOB, FEED_POST, {"text": "@alice", "facets": [facet(ALICE)]}, "p"),
        stream.create(BOB, FOLLOW, {"subject": ALICE}, "f"),
    )
    await forget(writer, ALICE, nobody)
    last = [progress async for progress in audit(database_url)][-1]
    assert [tally for tally in last.tallies if tally.drifted] == []
    assert await writer.pool.fetchval("SELECT count(*) FROM follows") == 1


async def test_the_settings_of_a_reader_stay_as_they_are(writer: Writer) -> None:
    await writer.pool.execute(
        "INSERT INTO user_settings (user_did, muted_users) VALUES ($1, '[1]')", ALICE
    )
    assert await forget(writer, ALICE, nobody) == {}
    settings = "SELECT data_collection_forbidden, muted_users FROM user_settings"
    assert await writer.pool.fetch(settings) == [(True, "[1]")]


async def test_nothing_comes_back_until_the_account_opts_in_again(writer: Writer) -> None:
    stream = Stream()
    events = everything(stream)
    await write(writer, *events)
    await forget(writer, ALICE, nobody)
    before = await naming(writer, ALICE)
    await write(writer, *events)  # a replay
    await write(writer, *everything(stream))  # news
    assert await naming(writer, ALICE) == before
    assert await forget(writer, ALICE, nobody) == {}, "once more does no harm"
    await forbid(writer, ALICE, False)
    await write(writer, stream.create(ALICE, FEED_POST, {"text": "again"}, "9"))
    assert await writer.pool.fetch("SELECT text FROM posts") == [("again",)]
    assert await writer.pool.fetchval("SELECT state FROM repos") == "partial"


async def test_a_batch_in_hand_that_has_not_seen_the_opt_out_is_waited_for(
    writer: Writer, database_url: str
) -> None:
    """Carol's like stands still before its end, holding Alice, whom it names, as a new user."""
    stream = Stream()
    await write(writer, stream.create(BOB, FEED_POST, {"text": ""}, POST[-13:]))
    commits = [
        stream.create(CAROL, FOLLOW, {"subject": ALICE}, "f"),
        stream.create(ALICE, LIKE, {"subject": ref(POST)}, "l"),
    ]
    async with await open_pool(database_url, "indexer shard 0", 2, settings=BY_KEY) as pool:
        shard = replace(writer, pool=pool)
        async with writer.pool.acquire() as other:
            held = other.transaction()
            await held.start()
            await other.execute(
                "SELECT FROM post_aggregations WHERE post_uri = $1 FOR UPDATE", POST
            )
            writing = asyncio.create_task(write(shard, *commits))
            await blocked(other)
            forgetting = asyncio.create_task(forget(writer, ALICE, nobody))
            done, _ = await asyncio.wait([forgetting], timeout=0.3)
            assert not done
            await held.rollback()
        await writing
        await forgetting
    assert await writer.pool.fetch("SELECT uri FROM likes") == []
    users = await writer.pool.fetch("SELECT did FROM users ORDER BY did")
    assert users == [(BOB,), (CAROL,)]


async def test_an_account_is_found_by_the_handle_that_we_know(writer: Writer) -> None:
    await write(writer, Stream().create(ALICE, FEED_POST, {"text": ""}, "1"))
    await writer.pool.execute("UPDATE users SET handle = 'alice.test'")
    assert await dids_of(writer.pool, "Alice.test") == [ALICE]
    assert await dids_of(writer.pool, "bob.test") == []
