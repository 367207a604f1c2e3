"""Rows that meet others: duplicates of an edge, older versions, what readers stored ahead."""

import json
from itertools import permutations

import pytest

from indexer.records.feed_like import likes as LIKES
from indexer.shard.writer import Writer
from tests.ops import Stream
from tests.records.samples import ALICE, BOB, CAROL, CID, LIST, OTHER_POST, POST, quote, ref
from tests.shard.conftest import write
from tests.snapshot import snapshot

LIKE = "app.bsky.feed.like"


def like(stream: Stream, rkey: str, subject: str = POST):  # type: ignore[no-untyped-def]
    return stream.create(ALICE, LIKE, {"subject": ref(subject)}, rkey)


async def counts(writer: Writer, subject: str = POST) -> int:
    found = await writer.pool.fetchval(
        "SELECT like_count FROM post_aggregations WHERE post_uri = $1", subject
    )
    return found or 0


async def likes(writer: Writer) -> list[str]:
    return [row[0].rpartition("/")[2] for row in await writer.pool.fetch("SELECT uri FROM likes")]


async def waiting(writer: Writer) -> list[str]:
    found = await writer.pool.fetch("SELECT uri FROM duplicates ORDER BY uri")
    return [row[0].rpartition("/")[2] for row in found]


@pytest.mark.parametrize("order", list(permutations("abc")))
@pytest.mark.parametrize("at_once", [1, 3])
async def test_of_duplicates_the_first_by_uri_counts(
    order: tuple[str, ...], at_once: int, writer: Writer
) -> None:
    stream = Stream()
    await write(writer, *(like(stream, rkey) for rkey in order), at_once=at_once)
    assert await likes(writer) == ["a"]
    assert await waiting(writer) == ["b", "c"]
    assert await counts(writer) == 1
    async with writer.pool.acquire() as connection:
        shelved = await snapshot(connection, "duplicates")
    assert all(set(json.loads(row)["row"]) == set(LIKES.columns) for row in shelved["duplicates"])


async def test_when_the_one_that_counts_goes_the_next_is_promoted(writer: Writer) -> None:
    stream = Stream()
    await write(writer, *(like(stream, rkey) for rkey in "abc"))
    await write(writer, stream.delete(ALICE, LIKE, "a"))
    assert (await likes(writer), await waiting(writer)) == (["b"], ["c"])
    assert await counts(writer) == 1
    await write(writer, stream.update(ALICE, LIKE, {"subject": ref(OTHER_POST)}, "b"))
    assert (sorted(await likes(writer)), await waiting(writer)) == (["b", "c"], [])
    assert (await counts(writer), await counts(writer, OTHER_POST)) == (1, 1)


async def test_a_promoted_row_is_the_one_its_record_would_have_made(writer: Writer) -> None:
    stream = Stream()
    both = [like(stream, "a"), like(stream, "b")]
    await write(writer, both[1])
    async with writer.pool.acquire() as connection:
        alone = await snapshot(connection, "likes", "notifications")
    await write(writer, both[0], stream.delete(ALICE, LIKE, "a"), at_once=1)
    async with writer.pool.acquire() as connection:
        promoted = await snapshot(connection, "likes", "notifications")
    assert promoted == alone


async def test_a_duplicate_that_goes_leaves_no_trace(writer: Writer) -> None:
    stream = Stream()
    await write(writer, like(stream, "a"), like(stream, "b"))
    await write(writer, stream.delete(ALICE, LIKE, "b"))
    assert (await likes(writer), await waiting(writer)) == (["a"], [])
    assert await counts(writer) == 1


async def test_a_create_over_a_duplicate_takes_its_older_version_away(writer: Writer) -> None:
    stream = Stream()
    await write(writer, *(like(stream, rkey) for rkey in "abc"))
    elsewhere = stream.create(ALICE, LIKE, {"subject": ref(OTHER_POST)}, "b")
    await write(writer, elsewhere, stream.delete(ALICE, LIKE, "a"))
    assert (sorted(await likes(writer)), await waiting(writer)) == (["b", "c"], [])
    assert await counts(writer) == 1


async def test_a_row_stored_ahead_is_adopted_and_counted_once(writer: Writer) -> None:
    stream = Stream()
    await writer.pool.execute(
        "INSERT INTO likes (uri, user_did, post_uri, created_at) VALUES ($1, $2, $3, now())",
        f"at://{ALICE}/{LIKE}/a",
        ALICE,
        POST,
    )
    await write(writer, stream.create(BOB, "app.bsky.feed.post", {"text": ""}, POST[-13:]))
    commit = like(stream, "a")
    await write(writer, commit)
    assert await counts(writer) == 1
    assert await writer.pool.fetchval("SELECT commit_rev FROM likes") == commit.rev
    assert await writer.pool.fetchval("SELECT reason FROM notifications") == "like"


async def test_a_row_stored_ahead_goes_with_a_delete_and_was_never_counted(writer: Writer) -> None:
    await writer.pool.execute(
        "INSERT INTO likes (uri, user_did, post_uri, created_at) VALUES ($1, $2, $3, now())",
        f"at://{ALICE}/{LIKE}/a",
        ALICE,
        POST,
    )
    await write(writer, Stream().delete(ALICE, LIKE, "a"))
    assert (await likes(writer), await counts(writer)) == ([], 0)


async def test_a_row_stored_ahead_does_not_stand_in_the_way_of_a_live_record(
    writer: Writer,
) -> None:
    await writer.pool.execute(
        "INSERT INTO likes (uri, user_did, post_uri, created_at) VALUES ($1, $2, $3, now())",
        f"at://{ALICE}/{LIKE}/a",
        ALICE,
        POST,
    )
    await write(writer, like(Stream(), "b"))
    assert (await likes(writer), await waiting(writer), await counts(writer)) == (["b"], [], 1)


async def test_a_create_over_an_older_version_replaces_it(writer: Writer) -> None:
    stream = Stream()
    await write(writer, like(stream, "a"), like(stream, "a", OTHER_POST), at_once=1)
    assert (await counts(writer), await counts(writer, OTHER_POST)) == (0, 1)


async def test_nul_is_replaced_in_text_and_in_json(writer: Writer) -> None:
    record = {"text": "a\0b", "langs": ["e\0n"], "tags": ["\\u0000", "\\\\\0"]}
    trial = await write(writer, Stream().create(ALICE, "app.bsky.feed.post", record, "a"))
    assert not trial.kept
    found = await writer.pool.fetchrow(
        "SELECT text, langs ->> 0, tags ->> 0, tags ->> 1 FROM posts"
    )
    assert tuple(found) == ("a\ufffdb", "e\ufffdn", "\\u0000", "\\\\\ufffd")


async def test_a_blob_is_the_text_of_its_cid(writer: Writer) -> None:
    avatar = {"$type": "blob", "ref": {"$link": CID}, "mimeType": "image/png", "size": 1}
    record = {"displayName": "Alice", "avatar": avatar}
    await write(writer, Stream().create(ALICE, "app.bsky.actor.profile", record, "self"))
    found = await writer.pool.fetchrow(
        "SELECT avatar_url, profile_record -> 'avatar' -> 'ref' ->> '$link' FROM users"
    )
    assert tuple(found) == (CID, CID)


async def test_the_same_record_at_a_later_commit_is_that_of_the_later_commit(
    writer: Writer,
) -> None:
    """Its delete was lost. Whether both come in one batch or in two makes no difference."""
    stream = Stream()
    await write(writer, like(stream, "a"))
    later = like(stream, "a")
    await write(writer, later)
    assert await writer.pool.fetchval("SELECT commit_rev FROM likes") == later.rev
    assert await counts(writer) == 1


async def test_a_create_over_an_older_version_takes_all_its_rows_away(writer: Writer) -> None:
    stream, post = Stream(), "app.bsky.feed.post"
    quoting = stream.create(ALICE, post, {"text": "", "embed": quote(POST)}, "a")
    await write(writer, quoting, stream.create(ALICE, post, {"text": "none"}, "a"), at_once=1)
    assert await writer.pool.fetch("SELECT uri FROM quotes") == []
    assert await writer.pool.fetch("SELECT FROM post_aggregations WHERE quote_count > 0") == []


async def test_a_profile_over_a_profile_leaves_nothing_of_the_first(writer: Writer) -> None:
    stream, profile, pack = Stream(), "app.bsky.actor.profile", "app.bsky.graph.starterpack"
    packs = [f"at://{did}/{pack}/p" for did in (BOB, CAROL)]
    for did in (BOB, CAROL):
        await write(writer, stream.create(did, pack, {"name": "p", "list": LIST}, "p"))
    for uri in packs:
        record = {"joinedViaStarterPack": ref(uri)}
        await write(writer, stream.create(ALICE, profile, record, "self"))
    assert await writer.pool.fetch("SELECT recipient_did FROM notifications") == [(CAROL,)]
