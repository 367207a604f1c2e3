"""The queue of what is waited for, as a net under the effects."""

from datetime import timedelta

import pytest

from indexer.shard.pending import Pending, sweep
from indexer.shard.writer import Writer
from tests.ops import Stream
from tests.records.samples import ALICE, BOB, CAROL, POST, REPOST, ref
from tests.shard.conftest import write

LIKE, FEED_POST = "app.bsky.feed.like", "app.bsky.feed.post"
COUNT = "SELECT count(*) FROM pending WHERE kind <> 'user'"


async def test_a_subject_has_one_entry_however_many_wait(writer: Writer) -> None:
    stream = Stream()
    likes = [stream.create(did, LIKE, {"subject": ref(POST)}, "l") for did in (ALICE, CAROL)]
    await write(writer, *likes, at_once=1)
    assert await writer.pool.fetchval(COUNT) == 1


async def test_the_sweep_makes_the_effects_that_were_missed(writer: Writer) -> None:
    """As when two shards cross where no counter's row makes them meet."""
    stream = Stream()
    like = {"subject": ref(POST), "via": ref(REPOST)}
    repost = stream.create(CAROL, "app.bsky.feed.repost", {"subject": ref(POST)}, REPOST[-13:])
    await write(writer, repost, stream.create(ALICE, LIKE, like, "l"))
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


async def test_what_was_waited_for_too_long_is_given_up_and_never_a_row(writer: Writer) -> None:
    stream = Stream()
    await write(writer, stream.create(ALICE, LIKE, {"subject": ref(POST)}, "l"))
    await writer.pool.execute("UPDATE pending SET expires = now() - interval '1 s'")
    await sweep(writer.pool)
    assert await writer.pool.fetchval("SELECT count(*) FROM pending") == 0
    await write(writer, stream.create(BOB, FEED_POST, {"text": ""}, POST[-13:]))
    assert await writer.pool.fetchval("SELECT count(*) FROM notifications") == 1


@pytest.mark.parametrize("full", [True, False])
async def test_beyond_its_bound_only_users_join(full: bool, writer: Writer) -> None:
    pending = Pending(timedelta(hours=1), most=1 if full else 9, fetch_users=True, fetch_posts=True)
    bounded = Writer(writer.pool, "relay.test", pending)
    stream = Stream()
    await write(bounded, stream.create(ALICE, LIKE, {"subject": ref(POST)}, "l"))
    await pending.count(writer.pool)
    before = await writer.pool.fetchval(COUNT)
    other = {"subject": ref(POST.replace("b2a", "z2a"))}
    await write(bounded, stream.create(BOB, LIKE, other, "l"))
    assert await writer.pool.fetchval(COUNT) == before + (not full)
    assert await writer.pool.fetchval("SELECT count(*) FROM pending WHERE kind = 'user'") == 2


async def test_what_no_effect_needs_is_not_waited_for(writer: Writer) -> None:
    subject = {"subject": ref(f"at://{BOB}/com.example.junk/1")}
    await write(writer, Stream().create(ALICE, LIKE, subject, "l"))
    assert await writer.pool.fetchval(COUNT) == 0


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
