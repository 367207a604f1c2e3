"""Opting out while batches are in hand: nothing of the account is stored later."""

import asyncio
from collections.abc import Awaitable

import pytest

from indexer.shard.privacy import HOLDS_S
from indexer.shard.writer import Writer
from tests.ops import Stream
from tests.polling import blocked
from tests.records.samples import ALICE, BOB, CAROL, POST, RKEY, SAMPLES, facet, ref
from tests.shard.conftest import write
from tests.shard.test_accounts import forbid

FEED_POST, FOLLOW, LIKE = "app.bsky.feed.post", "app.bsky.graph.follow", "app.bsky.feed.like"
CONTENT = (
    "posts likes reposts bookmarks quotes follows blocks list_blocks lists list_items"
    " feed_generator_records labeler_service_records starter_packs verifications thread_gates"
    " post_gates generic_records labels duplicates notifications users identities quarantine"
).split()


async def test_nothing_of_any_type_is_stored_of_those_who_opted_out(writer: Writer) -> None:
    stream = Stream()
    await forbid(writer, ALICE, True)
    for action in ("create", "update", "create"):
        changes = [(action, f"{nsid}/{s.rkey}", s.first) for nsid, s in SAMPLES.items()]
        await write(writer, stream.commit(ALICE, *changes))
    await write(writer, stream.identity(ALICE), stream.account(ALICE, True))
    found = {
        table: count
        for table in (*CONTENT, "pending")
        if (count := await writer.pool.fetchval(f"SELECT count(*) FROM {table}"))
    }
    assert found == {}


async def test_whoever_names_them_makes_no_user_of_them_and_nobody_looks_them_up(
    writer: Writer,
) -> None:
    stream = Stream()
    await forbid(writer, ALICE, True)
    alices = f"at://{ALICE}/{FEED_POST}/1"
    mention = {"text": "@alice", "facets": [facet(ALICE)], "reply": {"parent": ref(alices)}}
    mention["reply"]["root"] = ref(alices)  # type: ignore[index]
    item = {"list": f"at://{BOB}/app.bsky.graph.list/1", "subject": ALICE}
    verified = {"subject": ALICE, "handle": "alice.test", "displayName": "Alice"}
    await write(
        writer,
        stream.create(BOB, FOLLOW, {"subject": ALICE}, "f"),
        stream.create(BOB, "app.bsky.graph.block", {"subject": ALICE}, "b"),
        stream.create(BOB, "app.bsky.graph.listitem", item, "i"),
        stream.create(BOB, "app.bsky.graph.verification", verified, "v"),
        stream.create(BOB, LIKE, {"subject": ref(alices)}, "l"),
        stream.create(BOB, FEED_POST, mention, "p"),
        at_once=1,
    )
    assert await writer.pool.fetch("SELECT did FROM users") == [(BOB,)]
    waited = {row[0] for row in await writer.pool.fetch("SELECT subject FROM pending")}
    assert waited == {BOB, f"at://{BOB}/app.bsky.graph.list/1"}
    counted = await writer.pool.fetchval(
        "SELECT followers_count FROM user_aggregations WHERE did = $1", ALICE
    )
    assert counted == 1, "the follow is Bob's record, and counts"


async def test_what_they_delete_goes_and_what_they_edit_goes_too(writer: Writer) -> None:
    stream = Stream()
    text = {"text": "before"}
    await write(
        writer,
        *(stream.create(ALICE, FEED_POST, text, rkey) for rkey in "123"),
        stream.create(ALICE, "app.bsky.actor.profile", {"displayName": "Alice"}, "self"),
    )
    await forbid(writer, ALICE, True)
    await write(
        writer,
        stream.delete(ALICE, FEED_POST, "1"),
        stream.update(ALICE, FEED_POST, {"text": "edited"}, "2"),
        stream.update(ALICE, "app.bsky.actor.profile", {"displayName": "Alice!"}, "self"),
    )
    posts = await writer.pool.fetch("SELECT right(uri, 1), text FROM posts")
    assert posts == [("3", "before")]
    assert await writer.pool.fetchval("SELECT posts_count FROM user_aggregations") == 1
    assert await writer.pool.fetchval("SELECT profile_record FROM users") is None


async def test_whoever_opts_out_while_a_batch_waits_is_not_in_it(writer: Writer) -> None:
    """Somebody holds a counter that the batch needs, and lets go when the opt-out is there."""
    stream = Stream()
    await write(writer, stream.create(BOB, FEED_POST, {"text": ""}, POST[-13:]))
    like = {"subject": ref(POST)}

    await while_held(
        writer,
        write(writer, *(stream.create(did, LIKE, like, RKEY) for did in (ALICE, CAROL))),
        forbid(writer, ALICE, True),
    )
    likers = await writer.pool.fetch("SELECT user_did FROM likes")
    assert likers == [(CAROL,)]
    assert await writer.pool.fetchval("SELECT like_count FROM post_aggregations") == 1
    users = await writer.pool.fetch("SELECT did FROM users ORDER BY did")
    assert users == [(BOB,), (CAROL,)]


async def test_whoever_opts_out_while_a_batch_waits_that_names_them_is_no_user(
    writer: Writer,
) -> None:
    stream = Stream()
    await write(writer, stream.create(BOB, FEED_POST, {"text": ""}, POST[-13:]))
    commit = stream.commit(
        CAROL,
        ("create", f"{FOLLOW}/f", {"subject": ALICE}),
        ("create", f"{LIKE}/l", {"subject": ref(POST)}),
    )
    await while_held(writer, write(writer, commit), forbid(writer, ALICE, True))
    users = await writer.pool.fetch("SELECT did FROM users ORDER BY did")
    assert users == [(BOB,), (CAROL,)]
    assert await writer.pool.fetchval("SELECT count(*) FROM follows") == 1


async def while_held(writer: Writer, work: Awaitable[object], then: Awaitable[None]) -> None:
    """Have `work` wait for the counter of POST for longer than what it read holds."""
    async with writer.pool.acquire() as other, other.transaction():
        await other.execute("SELECT FROM post_aggregations WHERE post_uri = $1 FOR UPDATE", POST)
        waiting = asyncio.ensure_future(work)
        await blocked(other)
        await then
        await asyncio.sleep(HOLDS_S)
    await waiting


@pytest.mark.parametrize("commits_meanwhile", [True, False])
async def test_whoever_opts_out_and_in_again_is_indexed_on_and_lacks_what_was_between(
    commits_meanwhile: bool, writer: Writer
) -> None:
    stream = Stream()
    await write(writer, stream.create(ALICE, FEED_POST, {"text": ""}, "1"))
    await forbid(writer, ALICE, True)
    if commits_meanwhile:
        await write(writer, stream.create(ALICE, FEED_POST, {"text": ""}, "2"))
    await forbid(writer, ALICE, False)
    await write(writer, stream.create(ALICE, FEED_POST, {"text": ""}, "3"))
    posts = [
        row[0] for row in await writer.pool.fetch("SELECT right(uri, 1) FROM posts ORDER BY 1")
    ]
    assert posts == ["1", "3"]
    state = await writer.pool.fetchval("SELECT state FROM repos")
    assert state == ("partial" if commits_meanwhile else "synchronized")
