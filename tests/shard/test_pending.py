"""The queue of what is waited for: who joins it, and how everybody leaves it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from prometheus_client import REGISTRY

from indexer.protocol.event import Commit
from indexer.protocol.syntax import AtUri
from indexer.records import TABLES, record_of
from indexer.records.base import post_counts
from indexer.shard import accounts
from indexer.shard.pending import SUBJECTS, Pending, Sweeper, sweep
from indexer.shard.writer import Writer
from tests.ops import Stream
from tests.records.samples import ALICE, BOB, CAROL, LIST, PACK, POST, REPOST, SAMPLES, quote, ref
from tests.shard.conftest import write

LIKE, FEED_POST = "app.bsky.feed.like", "app.bsky.feed.post"
COUNT = "SELECT count(*) FROM pending WHERE kind <> 'user'"
FEED = f"at://{BOB}/app.bsky.feed.generator/3kaaaaaaaab2a"
LABELER = f"at://{BOB}/app.bsky.labeler.service/self"
ELSEWHERE = f"at://{ALICE}/com.example.junk/1"
OTHER_LIST = LIST.replace("b2a", "c2a")

Json = dict[str, Any]


class Way(NamedTuple):
    """How a record of Alice's waits for a subject."""

    subject: str
    collection: str
    record: Json
    edited: Json  # it waits no more
    rkey: str = "3kaaaaaaaad2a"
    tells: bool = True  # its owner, when it arrives

    @property
    def uri(self) -> str:
        return f"at://{ALICE}/{self.collection}/{self.rkey}"


def like(uri: str, **more: Any) -> Json:
    return {"subject": ref(uri), **more}


def answer(parent: str, root: str) -> Json:
    return {"text": "", "reply": {"parent": ref(parent), "root": ref(root)}}


EMPTY = {"text": ""}
WAYS = {
    "a like": Way(POST, LIKE, like(POST), like(ELSEWHERE)),
    "a like of a feed": Way(FEED, LIKE, like(FEED), like(ELSEWHERE)),
    "a like of a labeler": Way(LABELER, LIKE, like(LABELER), like(ELSEWHERE)),
    "a like through a repost": Way(REPOST, LIKE, like(POST, via=ref(REPOST)), like(POST)),
    "a repost": Way(POST, "app.bsky.feed.repost", like(POST), like(ELSEWHERE)),
    "a repost through a repost": Way(
        REPOST, "app.bsky.feed.repost", like(POST, via=ref(REPOST)), like(POST)
    ),
    "a reply, for its parent": Way(POST, FEED_POST, answer(POST, ELSEWHERE), EMPTY),
    "a reply, for its root": Way(POST, FEED_POST, answer(ELSEWHERE, POST), EMPTY, tells=False),
    "a quote": Way(POST, FEED_POST, {**EMPTY, "embed": quote(POST)}, EMPTY),
    "an item, for its list": Way(
        LIST,
        "app.bsky.graph.listitem",
        {"list": LIST, "subject": BOB},
        {"list": OTHER_LIST, "subject": BOB},
        tells=False,
    ),
    "a block of a list": Way(
        LIST, "app.bsky.graph.listblock", {"subject": LIST}, {"subject": OTHER_LIST}, tells=False
    ),
    "a profile, for its pack": Way(
        PACK, "app.bsky.actor.profile", {"joinedViaStarterPack": ref(PACK)}, {}, "self"
    ),
}


def moved(how: str, kind: str) -> float:
    return REGISTRY.get_sample_value(f"indexer_pending_{how}_total", {"kind": kind}) or 0.0


def create(stream: Stream, way: Way, did: str = ALICE) -> Commit:
    return stream.create(did, way.collection, way.record, way.rkey)


def delete(stream: Stream, way: Way, did: str = ALICE) -> Commit:
    return stream.delete(did, way.collection, way.rkey)


def arrival(stream: Stream, uri: AtUri) -> Commit:
    return stream.create(uri.did, uri.collection, SAMPLES[uri.collection].first, uri.rkey)


def other_way(way: Way) -> Way:
    """To wait for the same; only its owner puts anybody on a list."""
    return WAYS["a block of a list"] if way.subject == LIST else way


async def stands(writer: Writer, way: Way) -> bool:
    table, uri = record_of(AtUri(way.uri)).owns[0], AtUri(way.uri)
    found = await writer.pool.fetch(
        f"SELECT FROM {table.name} WHERE {table.key} = $1", table.key_of(uri)
    )
    return bool(found)


async def awaited(writer: Writer) -> set[str]:
    return {uri for (uri,) in await writer.pool.fetch("SELECT subject FROM pending")}


def test_every_way_is_tried_and_every_kind_of_subject() -> None:
    assert {AtUri(way.subject).collection for way in WAYS.values()} == SUBJECTS.keys()
    assert sum(len(table.awaits) for table in TABLES) <= len(WAYS)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_who_waits_meets_the_subject_at_its_counters(table) -> None:  # type: ignore[no-untyped-def]
    met = {c.by for c in table.counts if c.counters is post_counts and c.through is None}
    assert met.issuperset(table.awaits)
    if any(record.owns[0] is table for record in SUBJECTS.values()):
        assert table.key in met


async def test_a_subject_leaves_when_nothing_waits_for_it_any_more(writer: Writer) -> None:
    stream = Stream()
    for name, way in WAYS.items():
        kind = AtUri(way.subject).collection
        queued, cancelled = moved("queued", kind), moved("cancelled", kind)
        await write(writer, create(stream, way))
        assert way.subject in await awaited(writer), name
        await write(writer, delete(stream, way))
        assert await writer.pool.fetchval(COUNT) == 0, name
        assert moved("queued", kind) > queued
        assert moved("queued", kind) - queued == moved("cancelled", kind) - cancelled


async def test_an_edit_cancels_what_is_no_longer_named(writer: Writer) -> None:
    stream = Stream()
    for name, way in WAYS.items():
        await write(writer, create(stream, way))
        await write(writer, stream.update(ALICE, way.collection, way.edited, way.rkey))
        assert way.subject not in await awaited(writer), name
        await write(writer, delete(stream, way))


async def test_it_stays_while_somebody_else_waits(writer: Writer) -> None:
    stream = Stream()
    for name, way in WAYS.items():
        other = other_way(way)
        await write(writer, create(stream, way), create(stream, other, CAROL))
        await write(writer, delete(stream, way))
        assert way.subject in await awaited(writer), name
        await write(writer, delete(stream, other, CAROL))
        assert way.subject not in await awaited(writer), name


async def test_it_leaves_when_it_arrives(writer: Writer) -> None:
    stream = Stream()
    for name, way in WAYS.items():
        uri = AtUri(way.subject)
        flushed = moved("flushed", uri.collection)
        await write(writer, create(stream, way))
        await write(writer, arrival(stream, uri))
        assert way.subject not in await awaited(writer), name
        assert moved("flushed", uri.collection) == flushed + 1
        gone = stream.delete(uri.did, uri.collection, uri.rkey)
        await write(writer, gone, delete(stream, way))


async def test_one_batch_may_cancel_and_wait_anew(writer: Writer) -> None:
    stream = Stream()
    await write(writer, stream.create(ALICE, LIKE, like(POST), "1"))
    before = await writer.pool.fetch("SELECT * FROM pending WHERE subject = $1", POST)
    again = stream.create(CAROL, LIKE, like(POST), "1")
    await write(writer, stream.delete(ALICE, LIKE, "1"), again)
    assert await writer.pool.fetch("SELECT * FROM pending WHERE subject = $1", POST) == before


async def test_the_deletion_of_an_account_cancels_all_it_waited_for(writer: Writer) -> None:
    stream = Stream()
    for n, way in enumerate(WAYS.values()):
        rkey = way.rkey if way.rkey == "self" else str(n)
        await write(writer, stream.create(ALICE, way.collection, way.record, rkey))
    await write(writer, stream.create(CAROL, LIKE, like(FEED), "1"))
    assert len(await awaited(writer)) > 6
    cancelled = moved("cancelled", "user")
    await write(writer, stream.account(ALICE, False, "deleted"))
    await accounts.purge(writer, ALICE)
    assert await awaited(writer) == {FEED, BOB, CAROL}
    assert moved("cancelled", "user") == cancelled + 1


async def test_a_subject_has_one_entry_however_many_wait(writer: Writer) -> None:
    stream = Stream()
    queued = moved("queued", FEED_POST)
    likes = [stream.create(did, LIKE, like(POST), "l") for did in (ALICE, CAROL, BOB)]
    await write(writer, *likes[:2])
    await write(writer, *likes[2:])
    assert await writer.pool.fetchval(COUNT) == 1
    assert moved("queued", FEED_POST) == queued + 1


async def test_what_is_undone_is_not_counted(writer: Writer) -> None:
    queued, stream = moved("queued", FEED_POST), Stream()
    create = stream.create(ALICE, LIKE, like(POST), "l")
    with pytest.raises(ZeroDivisionError):
        async with writer.transaction([ALICE]) as known:
            await known.write(known.admits([create]))
            raise ZeroDivisionError
    assert moved("queued", FEED_POST) == queued


async def test_the_sweep_makes_the_effects_that_were_missed(writer: Writer) -> None:
    stream = Stream()
    named = like(POST, via=ref(REPOST))
    repost = stream.create(CAROL, "app.bsky.feed.repost", like(POST), REPOST[-13:])
    await write(writer, repost, stream.create(ALICE, LIKE, named, "l"))
    await writer.pool.execute("DELETE FROM notifications")
    await writer.pool.execute(
        "INSERT INTO pending (subject, kind, expires)"
        " VALUES ($1, 'app.bsky.feed.repost', now() + '1 h')",
        REPOST,
    )
    await sweep(writer.pool)
    assert await writer.pool.fetch("SELECT reason FROM notifications") == [("like-via-repost",)]
    kinds = await writer.pool.fetch("SELECT kind FROM pending WHERE kind <> 'user'")
    assert kinds == [(FEED_POST,)]


async def test_a_sweep_looks_at_everything_once_and_then_at_what_is_new(writer: Writer) -> None:
    stream, sweeper = Stream(), Sweeper(writer.pool)
    likes = [f"at://{BOB}/{FEED_POST}/{n}" for n in range(3)]
    await write(writer, *(stream.create(BOB, FEED_POST, EMPTY, uri[-1]) for uri in likes))

    async def wait_for(uri: str, since: str) -> set[str]:
        join = (
            "INSERT INTO pending VALUES ($1, $2, now() - $3::text::interval, 0, now(), 'infinity')"
        )
        await writer.pool.execute(join, uri, FEED_POST, since)
        await sweeper.sweep()
        return await awaited(writer) - {BOB}

    assert await wait_for(likes[0], "1 day") == set()
    assert await wait_for(likes[1], "1 min") == set()
    assert await wait_for(likes[2], "1 day") == {likes[2]}
    await sweep(writer.pool)
    assert await awaited(writer) == {BOB}


async def test_what_was_waited_for_too_long_is_given_up_and_never_a_row(writer: Writer) -> None:
    """Nor an effect: what comes later finds them."""
    stream = Stream()
    told = "SELECT count(*) FROM notifications WHERE author_did = $1 AND reason_subject = $2"
    for name, way in WAYS.items():
        uri = AtUri(way.subject)
        expired = moved("expired", uri.collection)
        await write(writer, create(stream, way))
        await writer.pool.execute("UPDATE pending SET expires = now() - interval '1 s'")
        await sweep(writer.pool)
        assert await awaited(writer) == set()
        assert moved("expired", uri.collection) > expired
        assert await stands(writer, way), name
        await write(writer, arrival(stream, uri))
        assert await writer.pool.fetchval(told, ALICE, way.subject) == way.tells, name
        gone = stream.delete(uri.did, uri.collection, uri.rkey)
        await write(writer, gone, delete(stream, way))


async def test_beyond_its_bound_only_users_join_whatever_the_batch_and_the_shard(
    writer: Writer,
) -> None:
    stream, shards = Stream(), 2
    bounded = [
        replace(writer, pending=Pending(timedelta(hours=1), 4, True, True, shards))
        for _ in range(shards)
    ]
    for n in range(10):
        likes = [like(f"at://{BOB}/{FEED_POST}/{n}-{m}") for m in range(3)]
        did = f"did:plc:{n:024}"
        commits = (stream.create(did, LIKE, one, str(m)) for m, one in enumerate(likes))
        await write(bounded[n % shards], *commits)
        assert await writer.pool.fetchval(COUNT) <= 4
        if n == 5:
            await bounded[0].pending.count(writer.pool)
    assert await writer.pool.fetchval(COUNT) == 4
    assert await writer.pool.fetchval("SELECT count(*) FROM pending WHERE kind = 'user'") == 10
    await writer.pool.execute("DELETE FROM pending")
    await bounded[0].pending.count(writer.pool)
    assert bounded[0].pending.room == 2
    assert bounded[1].pending.room == 0


@pytest.mark.parametrize("users", [True, False])
async def test_what_is_not_to_be_fetched_does_not_join_and_misses_no_effect(
    users: bool, writer: Writer
) -> None:
    pending = Pending(timedelta(hours=1), 9, fetch_users=users, fetch_posts=False)
    stream, deaf = Stream(), replace(writer, pending=pending)
    await write(deaf, stream.create(ALICE, LIKE, like(POST), "l"), stream.identity(CAROL))
    assert await awaited(writer) == ({ALICE, CAROL} if users else set())
    await write(deaf, stream.create(BOB, FEED_POST, EMPTY, POST[-13:]))
    await write(deaf, stream.delete(ALICE, LIKE, "l"))
    assert await writer.pool.fetchval("SELECT count(*) FROM notifications") == 0
    await write(deaf, stream.create(ALICE, LIKE, like(POST), "m"))
    assert await writer.pool.fetchval("SELECT count(*) FROM notifications") == 1


async def test_what_no_effect_needs_is_not_waited_for(writer: Writer) -> None:
    subjects = [f"at://{BOB}/com.example.junk/1", f"at://bob.test/{FEED_POST}/1"]
    likes = [("create", f"{LIKE}/{n}", like(uri)) for n, uri in enumerate(subjects)]
    await write(writer, Stream().commit(ALICE, *likes))
    assert await writer.pool.fetchval(COUNT) == 0


async def test_the_gauges_tell_users_and_each_kind_of_subject(writer: Writer) -> None:
    stream = Stream()
    for n, way in enumerate((WAYS["a like"], WAYS["a block of a list"])):
        await write(writer, stream.create(ALICE, way.collection, way.record, str(n)))
    await writer.pending.count(writer.pool)
    kinds = ("user", FEED_POST, "app.bsky.graph.list", "app.bsky.feed.generator")
    found = [REGISTRY.get_sample_value("indexer_pending", {"kind": kind}) for kind in kinds]
    assert found == [1, 1, 1, 0]


async def test_the_sweep_passes_over_what_others_hold(writer: Writer) -> None:
    """Or it would wait for one who then waits for it."""
    subjects = [f"at://{BOB}/{FEED_POST}/{n}" for n in range(2)]
    for subject in subjects:
        await writer.pool.execute(
            "INSERT INTO pending (subject, kind, expires) VALUES ($1, $2, now() - interval '1 s')",
            subject,
            FEED_POST,
        )
    async with writer.pool.acquire() as other:
        transaction = other.transaction()
        await transaction.start()
        await other.execute("SELECT FROM pending WHERE subject = $1 FOR UPDATE", subjects[1])
        await sweep(writer.pool)
        await other.execute("SELECT FROM pending WHERE subject = $1 FOR UPDATE", subjects[0])
        await transaction.commit()
    await sweep(writer.pool)
    assert await writer.pool.fetchval("SELECT count(*) FROM pending") == 0
