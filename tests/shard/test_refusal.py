"""What PostgreSQL refuses, and what is left of it."""

import asyncio

import asyncpg
import pytest

from indexer.shard import refusal
from indexer.shard.writer import Writer
from tests.ops import Stream
from tests.polling import blocked
from tests.records.samples import ALICE, BOB, CAROL, ref
from tests.shard.conftest import write

POST = "app.bsky.feed.post"
# What it refuses by itself is refused before it comes so far; nobody knows all of that for ever.
NO_LIKES = "ALTER TABLE likes ADD CONSTRAINT no_likes CHECK (user_did = '')"


def good(stream: Stream, did: str, rkey: str):  # type: ignore[no-untyped-def]
    return stream.create(did, POST, {"text": ""}, rkey)


async def test_one_bad_op_costs_its_neighbours_nothing(writer: Writer) -> None:
    await writer.pool.execute(NO_LIKES)
    stream = Stream()
    bad = {"subject": ref(f"at://{ALICE}/{POST}/0")}
    commit = stream.commit(
        BOB,
        ("create", f"{POST}/1", {"text": ""}),
        ("create", "app.bsky.feed.like/2", bad),
        ("create", f"{POST}/3", {"text": ""}),
    )
    trial = await write(writer, good(stream, ALICE, "0"), commit, good(stream, CAROL, "4"))
    posts = await writer.pool.fetch("SELECT uri FROM posts ORDER BY right(uri, 1)")
    assert [row[0][-1] for row in posts] == ["0", "1", "3", "4"]
    assert await writer.pool.fetchval("SELECT rev FROM repos WHERE did = $1", BOB) == commit.rev
    ((uri, reason, detail, record),) = await writer.pool.fetch(
        "SELECT uri, reason, detail, record FROM quarantine"
    )
    assert (uri, reason) == (f"at://{BOB}/app.bsky.feed.like/2", refusal.REASON)
    assert "no_likes" in detail, detail
    assert record == commit.ops[1].block
    assert [kept.reason for kept in trial.kept] == [refusal.REASON]


async def test_what_is_refused_before_it_reaches_postgresql_is_kept_aside_once(
    writer: Writer,
) -> None:
    stream = Stream()
    commit = stream.commit(
        ALICE, ("create", f"{POST}/1", {"text": 7}), ("create", f"{POST}/2", {"text": "fine"})
    )
    await write(writer, commit)
    await writer.pool.execute("UPDATE repos SET rev = NULL")
    await write(writer, commit)
    found = await writer.pool.fetch("SELECT source, seq, did, uri, reason, detail FROM quarantine")
    assert found == [
        (
            "relay.test",
            commit.seq,
            ALICE,
            f"at://{ALICE}/{POST}/1",
            "bad_record",
            "text: int, not str",
        )
    ]
    assert await writer.pool.fetchval("SELECT count(*) FROM posts") == 1


async def test_somebody_elses_gate_or_list_is_refused(writer: Writer) -> None:
    stream = Stream()
    gate = {"post": f"at://{BOB}/{POST}/1", "allow": []}
    item = {"list": f"at://{BOB}/app.bsky.graph.list/1", "subject": CAROL}
    await write(
        writer,
        stream.create(ALICE, "app.bsky.feed.threadgate", gate, "1"),
        stream.create(ALICE, "app.bsky.feed.postgate", gate, "1"),
        stream.create(ALICE, "app.bsky.graph.listitem", item, "1"),
        stream.create(BOB, "app.bsky.feed.threadgate", gate, "2"),
    )
    reasons = await writer.pool.fetch("SELECT reason FROM quarantine ORDER BY seq")
    assert [reason for (reason,) in reasons] == ["foreign_gate"] * 2 + [
        "foreign_list",
        "foreign_gate",
    ]
    for table in ("thread_gates", "post_gates", "list_items"):
        assert await writer.pool.fetchval(f"SELECT count(*) FROM {table}") == 0


async def test_a_deadlock_is_tried_again(writer: Writer) -> None:
    """Somebody else holds the counter that the batch needs, and wants the repo that it holds."""
    stream = Stream()
    like = {"subject": ref(f"at://{BOB}/{POST}/1")}
    await write(writer, good(stream, ALICE, "0"), good(stream, BOB, "1"))
    async with writer.pool.acquire() as other:
        await other.execute("SET deadlock_timeout = '10s'")
        transaction = other.transaction()
        await transaction.start()
        await other.execute(
            "SELECT FROM post_aggregations WHERE post_uri = $1 FOR UPDATE", like["subject"]["uri"]
        )
        writing = asyncio.create_task(
            write(writer, stream.create(ALICE, "app.bsky.feed.like", like, "l"))
        )
        await blocked(writer.pool)
        await other.execute("SELECT FROM repos WHERE did = $1 FOR UPDATE", ALICE)
        await transaction.commit()
    trial = await writing
    assert trial.ops == 1 and not trial.kept
    assert await writer.pool.fetchval("SELECT count(*) FROM likes") == 1


async def test_what_is_no_fault_of_the_data_ends_the_process(writer: Writer) -> None:
    await writer.pool.execute("ALTER TABLE posts RENAME TO not_posts")
    with pytest.raises(asyncpg.UndefinedTableError):
        await write(writer, good(Stream(), ALICE, "1"))
    assert await writer.pool.fetchval("SELECT count(*) FROM quarantine") == 0
