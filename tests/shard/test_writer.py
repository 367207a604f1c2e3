"""What a lost connection means, and what may be stored of what was refused."""

import asyncio

import pytest

from indexer import metrics
from indexer.database import BY_KEY, open_pool
from indexer.shard.admission import Kept
from indexer.shard.writer import Guard, Writer
from tests.ops import Stream
from tests.polling import blocked
from tests.records.samples import ALICE, BOB, CAROL, ref
from tests.shard.conftest import write


async def test_after_a_lost_connection_nothing_is_written_until_a_new_epoch(
    database_url: str, writer: Writer
) -> None:
    """Though the pool makes a new one without a word: what was acknowledged may be forgotten."""
    guard, told = Guard(), asyncio.Event()
    guard.tell = told.set
    async with await open_pool(
        database_url, "test guard", 1, settings=BY_KEY, ended=guard.trip
    ) as pool:
        guarded = Writer(pool, "relay.test", writer.pending, guard)
        stream = Stream()
        await write(guarded, stream.create(ALICE, "app.bsky.feed.post", {"text": ""}, "1"))
        await writer.pool.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'test guard' AND datname = current_database()"
        )
        async with asyncio.timeout(10):
            await told.wait()
        later = stream.create(ALICE, "app.bsky.feed.post", {"text": ""}, "2")
        with pytest.raises(ConnectionResetError):
            await write(guarded, later)
        assert await writer.pool.fetchval("SELECT count(*) FROM posts") == 1
        guard.broken = False
        await write(guarded, later)
        assert await writer.pool.fetchval("SELECT count(*) FROM posts") == 2


async def test_of_two_who_write_one_account_the_later_sees_what_the_first_wrote(
    writer: Writer,
) -> None:
    """As when a shard is replaced that was only slow: the gate is passed once."""
    stream = Stream()
    post = "app.bsky.feed.post"
    await write(writer, stream.create(ALICE, post, {"text": "1"}, "1"))
    older, newer = (stream.create(ALICE, post, {"text": n}, n) for n in ("2", "3"))
    async with writer.transaction([ALICE]) as known:
        await known.write(known.admits([newer]))
        later = asyncio.create_task(write(writer, older))
        await blocked(known.connection, later)
    await later
    assert await writer.pool.fetch("SELECT text FROM posts ORDER BY text") == [("1",), ("3",)]


async def test_all_who_count_lock_in_one_order(writer: Writer) -> None:
    """Each likes three posts; those that both like come in opposite orders, with one between that
    somebody holds. Out of order, each would now have what the other wants next."""
    stream = Stream()
    orders = {ALICE: ("1", "8", "2"), CAROL: ("2", "9", "1")}
    posts = {n: f"at://{BOB}/app.bsky.feed.post/{n}" for n in "1289"}
    commits = [
        stream.commit(
            did,
            *(
                ("create", f"app.bsky.feed.like/{at}", {"subject": ref(posts[n])})
                for at, n in enumerate(order)
            ),
        )
        for did, order in orders.items()
    ]
    crossed = metrics.RETRIES.labels("crossed")
    before = crossed.collect()[0].samples[0].value
    await writer.pool.execute(
        "INSERT INTO post_aggregations SELECT unnest($1::text[])", list(posts.values())
    )
    async with writer.pool.acquire() as holder:
        async with holder.transaction():
            await holder.execute(
                "SELECT FROM post_aggregations WHERE post_uri = ANY($1::text[]) FOR UPDATE",
                [posts["8"], posts["9"]],
            )
            tasks = [asyncio.create_task(write(writer, commit)) for commit in commits]
            await blocked(holder, *tasks)
        await asyncio.gather(*tasks)
    assert crossed.collect()[0].samples[0].value == before
    assert await writer.pool.fetchval("SELECT sum(like_count) FROM post_aggregations") == 6


@pytest.mark.parametrize("did", ["did:plc:\0", "did:web:" + "x" * 12_000, "no did at all"])
async def test_what_a_refused_frame_says_of_itself_is_not_trusted(did: str, writer: Writer) -> None:
    await writer.quarantine([Kept(7, did, None, "bad_frame", "text with \0", frame=b"\0")])
    found = await writer.pool.fetch("SELECT did, detail, frame FROM quarantine")
    assert found == [(None, "text with \ufffd", b"\0")]
