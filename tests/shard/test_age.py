"""What is too old is not stored when it comes, from wherever it does."""

from dataclasses import replace
from datetime import timedelta

import pytest

from indexer.protocol.age import horizon_at
from indexer.protocol.event import Commit
from indexer.protocol.syntax import EPOCH, make_tid
from indexer.shard.retry import TOO_OLD, ids, retry
from indexer.shard.writer import Writer
from tests.ops import START, Stream
from tests.records.samples import ALICE, BOB, CAROL, ref
from tests.shard.conftest import write, write_again
from tests.shard.test_retry import refused

POST, LIKE, FOLLOW = "app.bsky.feed.post", "app.bsky.feed.like", "app.bsky.graph.follow"
DAY = timedelta(days=1)
FRESH, OLD = (START + DAY).isoformat(), (START - DAY).isoformat()


@pytest.fixture
def forgetful(writer: Writer) -> Writer:
    """Keeps nothing from before `START`."""
    return replace(writer, horizon=lambda: horizon_at(START))


def key(days: int) -> str:
    return make_tid((START + days * DAY - EPOCH) // timedelta(microseconds=1))


async def uris(writer: Writer, table: str) -> list[str]:
    found = await writer.pool.fetch(f"SELECT uri FROM {table} ORDER BY uri")
    return [uri.rpartition("/")[2] for (uri,) in found]


async def protect(writer: Writer, did: str) -> None:
    await writer.pool.execute("INSERT INTO protected_accounts VALUES ($1)", did)


async def test_what_is_too_old_is_not_stored_and_nobody_counts_it(forgetful: Writer) -> None:
    stream = Stream()
    await write(
        forgetful,
        stream.create(ALICE, POST, {"text": "", "createdAt": OLD}, "old"),
        stream.create(ALICE, POST, {"text": "", "createdAt": FRESH}, "new"),
        stream.create(BOB, LIKE, {"subject": ref(f"at://{ALICE}/{POST}/new")}, key(-1)),
        stream.create(CAROL, LIKE, {"subject": ref(f"at://{ALICE}/{POST}/new")}, key(0)),
        stream.create(BOB, FOLLOW, {"subject": ALICE, "createdAt": OLD}, "f"),
    )
    assert await uris(forgetful, "posts") == ["new"]
    assert await uris(forgetful, "likes") == [key(0)]
    assert await uris(forgetful, "follows") == ["f"]
    assert await forgetful.pool.fetchval("SELECT like_count FROM post_aggregations") == 1
    posts = "SELECT posts_count FROM user_aggregations WHERE did = $1"
    assert await forgetful.pool.fetchval(posts, ALICE) == 1
    notices = await forgetful.pool.fetch("SELECT author_did FROM notifications ORDER BY 1")
    assert notices == [(BOB,), (CAROL,)], "the follow, and the like that counts"


async def test_who_is_protected_is_kept_whole(forgetful: Writer) -> None:
    stream = Stream()
    await protect(forgetful, ALICE)
    await write(
        forgetful,
        stream.create(ALICE, POST, {"text": "", "createdAt": OLD}, "a"),
        stream.create(BOB, POST, {"text": "", "createdAt": OLD}, "b"),
    )
    assert await uris(forgetful, "posts") == ["a"]


async def test_an_old_version_takes_away_the_one_that_it_replaces(forgetful: Writer) -> None:
    stream = Stream()
    await write(
        forgetful,
        stream.create(ALICE, POST, {"text": "", "createdAt": FRESH}, "1"),
        stream.update(ALICE, POST, {"text": "", "createdAt": OLD}, "1"),
    )
    assert await uris(forgetful, "posts") == []


async def test_of_two_versions_in_one_batch_the_later_decides(forgetful: Writer) -> None:
    stream = Stream()
    await write(
        forgetful,
        stream.create(ALICE, POST, {"text": "", "createdAt": OLD}, "1"),
        stream.update(ALICE, POST, {"text": "", "createdAt": FRESH}, "1"),
    )
    assert await uris(forgetful, "posts") == ["1"]


async def test_a_replay_brings_nothing_back(forgetful: Writer) -> None:
    stream = Stream()
    old = stream.create(ALICE, POST, {"text": "", "createdAt": OLD}, "1")
    await write(replace(forgetful, horizon=lambda: None), old)
    assert await uris(forgetful, "posts") == ["1"]
    await write_again(forgetful, old)
    assert await uris(forgetful, "posts") == []


async def test_nobody_is_asked_for_what_would_be_too_old(forgetful: Writer) -> None:
    stream = Stream()
    await write(
        forgetful,
        *(
            stream.create(BOB, LIKE, {"subject": ref(f"at://{ALICE}/{POST}/{rkey}")}, rkey)
            for rkey in (key(-1), key(1), "1")
        ),
        stream.create(
            CAROL,
            "app.bsky.actor.profile",
            {"joinedViaStarterPack": ref(f"at://{ALICE}/app.bsky.graph.starterpack/{key(-1)}")},
            "self",
        ),
    )
    waiting = await forgetful.pool.fetch("SELECT subject FROM pending WHERE kind <> 'user'")
    keys = sorted(uri.split("/", 3)[3] for (uri,) in waiting)
    pack = f"app.bsky.graph.starterpack/{key(-1)}"
    assert keys == sorted([f"{POST}/{key(1)}", f"{POST}/1", pack])


@pytest.mark.parametrize("days", [-1, 1])
async def test_what_was_kept_aside_comes_back_if_it_is_not_too_old(
    forgetful: Writer, days: int
) -> None:
    commit: Commit = Stream().create(ALICE, POST, {"text": ""}, key(days))
    await write(forgetful, refused(commit))
    [number] = await ids(forgetful, None)
    outcome = await retry(forgetful, number, 5_000_000)
    assert outcome is not None
    assert (outcome == TOO_OLD) is (days < 0)
    assert await uris(forgetful, "posts") == ([] if days < 0 else [key(days)])
    assert await ids(forgetful, None) == []
