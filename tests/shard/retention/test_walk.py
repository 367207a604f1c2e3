"""What has grown too old goes, as if its authors had deleted it; all else stays."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from msgspec import structs

from indexer.audit import audit
from indexer.protocol.age import CONTENT, horizon_at
from indexer.protocol.event import Commit
from indexer.protocol.syntax import EPOCH, make_tid
from indexer.shard.admission import Admitted
from indexer.shard.age import is_old
from indexer.shard.retention import places, walk
from indexer.shard.retention.walk import begin, preview, step
from indexer.shard.writer import Writer
from tests.model.forgetting import walk as walked
from tests.ops import START, Stream
from tests.polling import blocked
from tests.records.samples import ALICE, BOB, CAROL, ref
from tests.records.test_every_type import world
from tests.shard.conftest import write
from tests.snapshot import TABLES, Snapshot, difference, snapshot

POST, LIKE, REPOST, GATE = (
    f"app.bsky.feed.{name}" for name in ("post", "like", "repost", "threadgate")
)
DAY = timedelta(days=1)
MANY = 200
FRESH, OLD = (START + DAY).isoformat(), (START - DAY).isoformat()
AT = horizon_at(START)


@pytest.fixture
def forgetful(writer: Writer) -> Writer:
    """Keeps nothing from before `START`; what comes through `writer` it keeps at first."""
    return replace(writer, horizon=lambda: AT)


def key(days: int) -> str:
    return make_tid((START + days * DAY - EPOCH) // timedelta(microseconds=1))


def post(created_at: str = FRESH) -> dict[str, str]:
    return {"text": "", "createdAt": created_at}


def like(rkey: str, created_at: str = FRESH) -> dict[str, Any]:
    return {"subject": ref(f"at://{ALICE}/{POST}/{rkey}"), "createdAt": created_at}


async def rkeys(writer: Writer, table: str) -> list[str]:
    found = await writer.pool.fetch(f"SELECT uri FROM {table} ORDER BY uri")
    return [uri.rpartition("/")[2] for (uri,) in found]


def every_age(before: Stream, after: Stream) -> Iterator[Commit]:
    """Each kind of content, with every way to be too old or not."""
    ages = list(product((before, after), (OLD, FRESH, None), ("1", key(-1), key(1))))
    for author, (stream, created_at, rkey) in enumerate(ages):
        did = f"did:plc:{author:0>24}"
        own = {"post": f"at://{did}/{POST}/{rkey}"}
        subject = {"subject": ref(f"at://{ALICE}/{POST}/{author}")}
        for nsid in sorted(CONTENT):
            record = own if nsid.endswith("gate") else {"text": "", **subject}
            said = {} if created_at is None else {"createdAt": created_at}
            yield stream.create(did, nsid, {**record, **said}, rkey)


async def test_a_walk_takes_what_would_not_be_let_in(writer: Writer, forgetful: Writer) -> None:
    commits = list(every_age(Stream(START - 2 * DAY), Stream()))
    ops = [op for commit in commits for op in commit.ops]
    await write(writer, *commits)
    stays = {str(op.uri) for op in ops if not is_old(op, AT)}
    assert 0 < len(stays) < len(ops)
    seen = {one.table: one.going async for one in preview(writer.pool, AT)}
    assert sum(seen.values()) == len(ops) - len(stays)
    await walked(forgetful)
    left: set[str] = set()
    for table in places.CONTENT:
        found = await writer.pool.fetch(f"SELECT uri FROM {table.name}")
        left |= {uri for (uri,) in found}
    assert left == stays


async def test_what_stays_is_as_if_the_rest_had_never_been(
    writer: Writer, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "ROWS_AT_ONCE", 5)
    stream = Stream()
    await write(writer, *world(stream))  # whose keys are of 2023
    without = await look(writer)
    forgetful = replace(writer, horizon=lambda: horizon_at(START - 2000 * DAY))
    for n in range(12):
        await write(writer, *a_thread(stream, key(n - 3000)))
    counters = await writer.pool.fetchval("SELECT count(*) FROM post_aggregations")
    await walked(forgetful)
    assert difference(without, await look(writer)) == []
    left = await writer.pool.fetchval("SELECT count(*) FROM post_aggregations")
    removed = await writer.pool.fetchval("SELECT removed FROM retention_passes")
    assert (removed, counters - left) == (12 * (6 + 3), 12 * 3), "the zeros, too"
    *_, last = [step async for step in audit(database_url)]
    assert sum(tally.drifted for tally in last.tallies) == 0


def a_thread(stream: Stream, rkey: str) -> Iterator[Commit]:
    """An answer to a post that stays, with all that there may be about it."""
    root = ref(f"at://{BOB}/{POST}/3kaaaaaaaab2a")
    about = {"subject": ref(f"at://{ALICE}/{POST}/{rkey}")}
    yield stream.create(ALICE, POST, {"text": "", "reply": {"parent": root, "root": root}}, rkey)
    yield stream.create(ALICE, GATE, {"post": about["subject"]["uri"], "allow": []}, rkey)
    yield stream.create(ALICE, REPOST, about, rkey)
    for fan in (BOB, CAROL):
        via = ref(f"at://{ALICE}/{REPOST}/{rkey}")
        yield stream.create(fan, LIKE, {**about, "via": via}, rkey)
    yield stream.create(CAROL, REPOST, about, rkey)


async def look(writer: Writer) -> Snapshot:
    async with writer.pool.acquire() as connection:
        return await snapshot(connection, *[table for table in TABLES if table != "repos"])


async def test_who_is_protected_keeps_everything(writer: Writer, forgetful: Writer) -> None:
    stream = Stream()
    await write(writer, *(stream.create(did, POST, post(OLD), "1") for did in (ALICE, BOB)))
    await write(writer, stream.create(ALICE, LIKE, like("1", OLD), "1"))
    await writer.pool.execute("INSERT INTO protected_accounts VALUES ($1)", ALICE)
    seen = [(one.table, one.going, one.staying) async for one in preview(writer.pool, AT)]
    assert ("posts", 1, 1) in seen and ("likes", 0, 1) in seen
    await walked(forgetful)
    assert await writer.pool.fetch("SELECT author_did FROM posts") == [(ALICE,)]
    assert await rkeys(writer, "likes") == ["1"]


async def test_who_stops_is_followed_by_one_who_goes_on(
    writer: Writer, forgetful: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "FEWEST_PAGES", 1)
    await many_posts(writer)
    under_way = await begin(writer.pool, AT, timedelta(0))
    assert under_way is not None
    while under_way.page < 3:
        under_way = await step(forgetful, under_way)
    assert under_way.place == "posts" and 0 < under_way.removed < MANY
    assert await begin(writer.pool, AT, timedelta(0)) == under_way
    await walked(forgetful)
    assert await rkeys(writer, "posts") == []
    assert await writer.pool.fetchval("SELECT count(*) FROM retention_passes") == 1


async def many_posts(writer: Writer) -> None:
    """On some pages."""
    stream = Stream()
    await write(writer, *(stream.create(ALICE, POST, post(OLD), str(n)) for n in range(MANY)))


async def test_two_who_walk_at_once_take_everything_once(
    writer: Writer, forgetful: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "FEWEST_PAGES", 1)
    await many_posts(writer)
    await asyncio.gather(walked(forgetful), walked(forgetful))
    assert await rkeys(writer, "posts") == []
    found = await writer.pool.fetchrow("SELECT removed, ended FROM retention_passes")
    assert found["removed"] == MANY and found["ended"] is not None
    assert await writer.pool.fetchval("SELECT posts_count FROM user_aggregations") == 0


async def test_what_is_kept_longer_by_now_is_kept(writer: Writer, forgetful: Writer) -> None:
    stream = Stream(START - 10 * DAY)
    await write(writer, stream.create(ALICE, POST, {"text": ""}, "1"))
    await begin(writer.pool, AT, timedelta(0))
    patient = replace(forgetful, horizon=lambda: horizon_at(START - 30 * DAY))
    await walked(patient)
    assert await rkeys(writer, "posts") == ["1"]
    await walked(forgetful)
    assert await rkeys(writer, "posts") == []


async def test_the_next_walk_begins_when_it_is_due(writer: Writer, forgetful: Writer) -> None:
    await walked(forgetful)
    assert await begin(writer.pool, AT, timedelta(hours=1)) is None
    await writer.pool.execute("UPDATE retention_passes SET began = began - interval '1 hour'")
    assert await begin(writer.pool, AT, timedelta(hours=1)) is not None


async def test_it_is_due_at_once_when_less_is_kept(writer: Writer, forgetful: Writer) -> None:
    await walked(forgetful)
    assert await begin(writer.pool, horizon_at(START - DAY), timedelta(hours=1)) is None
    assert await begin(writer.pool, horizon_at(START + DAY), timedelta(hours=1)) is not None


async def test_who_made_the_same_edge_later_counts_when_the_first_goes(
    writer: Writer, forgetful: Writer
) -> None:
    stream = Stream()
    edges = [("1", OLD), ("2", OLD), ("3", FRESH), ("4", FRESH)]
    await write(writer, *(stream.create(BOB, LIKE, like("1", when), rkey) for rkey, when in edges))
    assert await rkeys(writer, "likes") == ["1"]
    await walked(forgetful)
    assert await rkeys(writer, "likes") == ["3"]
    assert await rkeys(writer, "duplicates") == ["4"]
    assert await writer.pool.fetchval("SELECT like_count FROM post_aggregations") == 1


async def test_what_readers_stored_ahead_goes_uncounted(writer: Writer, forgetful: Writer) -> None:
    values = "(uri, user_did, post_uri, created_at) VALUES ($1, $2, $3, $4)"
    about = f"at://{ALICE}/{POST}/1"
    ahead = [
        f"at://{BOB}/{LIKE}/1",
        f"at://bob.test/{LIKE}/1",
        f"at://{BOB}/com.example.thing/2",
        "their own",
    ]
    for n, uri in enumerate(ahead):
        await writer.pool.execute(
            f"INSERT INTO likes {values}", uri, f"{BOB}{n}", about, START - DAY
        )
    await write(writer, Stream().create(CAROL, LIKE, like("1"), "1"))
    await walked(forgetful)
    assert await writer.pool.fetch("SELECT user_did FROM likes") == [(CAROL,)]
    assert await writer.pool.fetchval("SELECT like_count FROM post_aggregations") == 1


async def test_counters_stay_of_posts_that_stay_and_of_what_is_counted(
    writer: Writer, forgetful: Writer
) -> None:
    stream = Stream()
    old, new = f"{key(-1)}", f"{key(1)}"
    await write(
        writer,
        stream.create(BOB, LIKE, like(old), "1"),
        stream.create(CAROL, LIKE, like("gone", OLD), "2"),
        stream.create(CAROL, LIKE, like(new), "3"),
        stream.create(ALICE, POST, post(), new),
        stream.delete(CAROL, LIKE, "3"),
    )
    await writer.pool.execute("UPDATE post_aggregations SET created_at = $1", START - DAY)
    await walked(forgetful)
    counters = await writer.pool.fetch("SELECT post_uri FROM post_aggregations ORDER BY 1")
    assert [uri.rpartition("/")[2] for (uri,) in counters] == [old, new]


@pytest.mark.parametrize("meanwhile", ["protected", "written anew"])
async def test_what_changes_while_a_walk_waits_for_it_stays(
    writer: Writer, forgetful: Writer, meanwhile: str
) -> None:
    first = Stream().create(ALICE, POST, post(OLD), "1")
    await write(writer, first)
    async with writer.transaction([ALICE]) as known:
        later = asyncio.create_task(walked(forgetful))
        await blocked(known.connection, later)
        if meanwhile == "protected":
            await known.connection.execute("INSERT INTO protected_accounts VALUES ($1)", ALICE)
        else:
            op = structs.replace(first.ops[0], record={"text": "", "createdAt": FRESH}, cid="anew")
            await known.write(Admitted(ops=[structs.replace(op, action="update")]))
    await later
    assert await rkeys(writer, "posts") == ["1"]
