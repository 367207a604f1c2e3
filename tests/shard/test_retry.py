"""What comes back out of quarantine, and what must not."""

import asyncio
import os
from dataclasses import replace

import pytest
from msgspec import structs

from indexer.protocol.event import Commit, Refused
from indexer.shard.admission import Kept
from indexer.shard.refusal import REASON
from indexer.shard.retry import Outcome, ids, retry
from indexer.shard.taste import lived_through
from indexer.shard.writer import Writer
from tests.frames import DID, REV, Draft, account, create, message, sync
from tests.ops import Change, Stream
from tests.polling import blocked
from tests.records.samples import ALICE, BOB, POST, SAMPLES, ref
from tests.records.test_every_type import world
from tests.shard.conftest import write, write_again
from tests.shard.test_accounts import forbid
from tests.shard.test_refusal import NO_LIKES
from tests.snapshot import TABLES, Snapshot, difference, snapshot

CONTENT = [table for table in TABLES if table != "repos"]
FEED_POST, LIKE = "app.bsky.feed.post", "app.bsky.feed.like"
MOST = 5_000_000
A_POST: Change = ("create", f"{FEED_POST}/1", {"text": "kept aside"})
URI = f"at://{ALICE}/{FEED_POST}/1"


def refused(commit: Commit) -> Commit:
    """The commit as a program saw it that refused all of its records."""
    kept = [Refused(op.uri, "bad_record", "unheard of", op.block) for op in commit.ops]
    return structs.replace(commit, ops=(), refused=tuple(kept))


async def tried(writer: Writer) -> list[Outcome]:
    """What comes of all there is."""
    found = [await retry(writer, number, MOST) for number in await ids(writer, None)]
    return [outcome for outcome in found if outcome is not None]


async def words(writer: Writer) -> list[str]:
    return [outcome.word for outcome in await tried(writer)]


async def posts(writer: Writer) -> list[str]:
    return [text for (text,) in await writer.pool.fetch("SELECT text FROM posts ORDER BY uri")]


async def look(writer: Writer) -> Snapshot:
    async with writer.pool.acquire() as connection:
        return await snapshot(connection, *CONTENT)


async def test_every_record_comes_back_as_if_it_had_never_been_refused(writer: Writer) -> None:
    stream = Stream()
    events = world(stream)
    changes: list[Change] = [
        ("create", f"{nsid}/{sample.rkey}", sample.first) for nsid, sample in SAMPLES.items()
    ]
    commit = stream.commit(ALICE, *changes)
    await write(writer, *events, refused(commit))
    assert await words(writer) == ["brought back"] * len(SAMPLES)
    assert await ids(writer, None) == []
    after = await look(writer)
    await write_again(writer, commit)
    assert difference(after, await look(writer)) == []


@pytest.mark.parametrize("at_once", [1, 10])
async def test_a_record_that_a_later_commit_touched_is_not_brought_back(
    at_once: int, writer: Writer
) -> None:
    """Also one that it deleted, though it was never stored."""
    stream = Stream()
    first = [(action, f"{FEED_POST}/{n}", {"text": n}) for n, action in enumerate(["create"] * 3)]
    await write(
        writer,
        refused(stream.commit(ALICE, *first)),
        stream.delete(ALICE, FEED_POST, "0"),
        stream.update(ALICE, FEED_POST, {"text": "edited"}, "1"),
        stream.create(BOB, FEED_POST, {"text": "another's"}, "2"),
        at_once=at_once,
    )
    await writer.pool.execute("UPDATE quarantine SET record = $1", first_block())
    assert await words(writer) == ["too late", "too late", "brought back"]
    assert await posts(writer) == ["edited", "kept aside", "another's"]
    assert await words(writer) == ["too late", "too late"], "what stays can be looked at"


def first_block() -> bytes:
    return Stream().commit(ALICE, A_POST).ops[0].block


async def test_a_record_refused_once_more_comes_back_in_its_last_version(writer: Writer) -> None:
    stream = Stream()
    again: Change = ("update", A_POST[1], {"text": "edited"})
    await write(writer, refused(stream.commit(ALICE, A_POST)), refused(stream.commit(ALICE, again)))
    assert await words(writer) == ["too late", "brought back"]
    assert await posts(writer) == ["edited"]


async def test_a_replay_of_what_came_before_takes_nothing_away(writer: Writer) -> None:
    stream = Stream()
    before = stream.commit(ALICE, ("create", f"{FEED_POST}/0", {"text": "before"}))
    early = stream.delete(ALICE, FEED_POST, "1")
    commit = refused(stream.commit(ALICE, A_POST))
    await write(writer, before, early, commit)
    await write_again(writer, before, early, commit)
    assert await words(writer) == ["brought back"]
    assert await posts(writer) == ["before", "kept aside"]


async def test_nothing_comes_back_from_before_commits_that_were_missed(writer: Writer) -> None:
    stream = Stream()
    commit = refused(stream.commit(ALICE, A_POST))
    stream.delete(ALICE, FEED_POST, "1")  # which nobody sends
    await write(writer, commit, stream.create(ALICE, FEED_POST, {"text": "next"}, "2"))
    assert await words(writer) == ["too late"]
    assert await posts(writer) == ["next"]


async def test_nothing_comes_back_while_something_later_is_kept_aside_whole(
    writer: Writer,
) -> None:
    stream = Stream()
    await write(writer, refused(stream.commit(ALICE, A_POST)))
    await writer.quarantine([Kept(9, ALICE, None, "bad_car", "", frame=b"?")])
    first, second = await tried(writer)
    assert (first.word, second.word) == ("too late", "refused again")
    assert "later" in first.said
    await writer.pool.execute("DELETE FROM quarantine WHERE frame IS NOT NULL")
    assert await words(writer) == ["brought back"]


async def test_nothing_of_a_deleted_account_or_of_one_that_opted_out_comes_back(
    writer: Writer,
) -> None:
    stream = Stream()
    await write(writer, refused(stream.commit(ALICE, A_POST)), refused(stream.commit(BOB, A_POST)))
    await write(writer, stream.account(ALICE, False, "deleted"))
    await forbid(writer, BOB, True)
    assert await words(writer) == ["too late", "dropped"]
    assert await posts(writer) == []
    assert len(await ids(writer, None)) == 1


async def test_what_is_still_refused_stays_with_the_reason_of_today(writer: Writer) -> None:
    stream = Stream()
    commit = stream.commit(ALICE, ("create", f"{FEED_POST}/1", {"text": 7}))
    await write(writer, refused(commit))
    (outcome,) = await tried(writer)
    assert outcome == ("refused again", "bad_record: text: int, not str")
    found = await writer.pool.fetch("SELECT uri, reason, detail FROM quarantine")
    assert found == [(URI, "bad_record", "text: int, not str")]


async def test_a_block_that_never_was_a_record_does_not_become_one(writer: Writer) -> None:
    commit = Stream().commit(ALICE, A_POST)
    kept = Refused(URI, "bad_cid", "no DAG-CBOR", commit.ops[0].block)
    await write(writer, structs.replace(commit, ops=(), refused=(kept,)))
    assert await words(writer) == ["refused again"]
    assert await posts(writer) == []


async def test_what_postgresql_refuses_stays_until_it_does_no_longer(writer: Writer) -> None:
    """As a record, and in a frame of which the rest is written."""
    await writer.pool.execute(NO_LIKES)
    stream = Stream()
    like: Change = ("create", f"{LIKE}/l", {"subject": ref(POST)})
    draft = Draft(create(f"{LIKE}/l", like[2]), create(f"{FEED_POST}/1", {"text": "fine"}))  # type: ignore[arg-type]
    await write(writer, refused(stream.commit(ALICE, like)))
    await writer.quarantine([Kept(7, DID, None, "bad_car", "", frame=draft.frame())])
    record, frame = await tried(writer)
    assert record.word == "refused again" and REASON in record.said
    assert frame.word == "brought back" and "but for 1" in frame.said
    assert await posts(writer) == ["fine"]
    assert await words(writer) == ["refused again"] * 2
    await writer.pool.execute("ALTER TABLE likes DROP CONSTRAINT no_likes")
    assert await words(writer) == ["brought back"] * 2
    counted = "SELECT like_count FROM post_aggregations WHERE post_uri = $1"
    assert await writer.pool.fetchval(counted, POST) == 2


async def test_a_deletion_that_is_being_written_is_waited_for(writer: Writer) -> None:
    stream = Stream()
    await write(writer, refused(stream.commit(ALICE, A_POST)))
    (number,) = await ids(writer, None)
    async with writer.transaction([ALICE]) as known:
        await known.write(known.admits([stream.delete(ALICE, FEED_POST, "1")]))
        retrying = asyncio.create_task(retry(writer, number, MOST))
        await blocked(known.connection)
    outcome = await retrying
    assert outcome is not None and outcome.word == "too late"
    assert await posts(writer) == []


async def test_a_frame_comes_back_when_nothing_newer_has_been_applied(writer: Writer) -> None:
    frame = Draft(create(f"{FEED_POST}/1", {"text": "kept aside"})).frame()
    await writer.quarantine([Kept(7, DID, None, "bad_car", "", frame=frame)])
    assert await words(writer) == ["brought back"]
    assert await posts(writer) == ["kept aside"]
    assert await writer.pool.fetchval("SELECT rev FROM repos") is not None
    await writer.quarantine([Kept(7, DID, None, "bad_car", "", frame=frame)])
    assert await tried(writer) == [("dropped", "it has been applied since")]


async def test_a_frame_older_than_what_was_applied_is_left_to_a_backfill(writer: Writer) -> None:
    draft = Draft(create(f"{FEED_POST}/1", {"text": "kept aside"}))
    newer = Stream().create(DID, FEED_POST, {"text": "newer"}, "2")
    await write(writer, structs.replace(newer, rev="3mh2222222222"))
    assert REV < "3mh2222222222"
    await writer.quarantine([Kept(7, DID, None, "bad_car", "", frame=draft.frame())])
    (outcome,) = await tried(writer)
    assert outcome.word == "too late" and "backfill" in outcome.said
    assert await posts(writer) == ["newer"]
    assert len(await ids(writer, None)) == 1


async def test_the_records_of_a_frame_that_are_refused_are_kept_aside_by_themselves(
    writer: Writer,
) -> None:
    draft = Draft(create(f"{FEED_POST}/1", {"text": 7}), create(f"{FEED_POST}/2", {"text": "fine"}))
    await writer.quarantine([Kept(7, DID, None, "bad_car", "", frame=draft.frame())])
    (outcome,) = await tried(writer)
    assert outcome.word == "brought back" and "but for 1" in outcome.said
    assert await posts(writer) == ["fine"]
    kept = await writer.pool.fetch("SELECT uri, reason, source FROM quarantine")
    assert kept == [(f"at://{DID}/{FEED_POST}/1", "bad_record", "relay.test")]


async def test_a_status_comes_back_unless_a_later_one_or_another_relays_is_known(
    writer: Writer,
) -> None:
    gone = account(seq=7, active=False, status="takendown")
    await writer.quarantine([Kept(7, DID, None, "crashed_decoder", "", frame=gone)])
    assert await words(writer) == ["brought back"], "the process lives through it today"
    assert await writer.pool.fetchval("SELECT status FROM repos") == "takendown"
    for seq, source in ((6, "relay.test"), (8, "relay.elsewhere")):
        back = account(seq=seq, active=True)
        await replace(writer, source=source).quarantine(
            [Kept(seq, DID, None, "bad_frame", "", frame=back)]
        )
    assert await words(writer) == ["too late", "too late"]
    assert await writer.pool.fetchval("SELECT status FROM repos") == "takendown"


async def test_what_tells_of_nothing_or_has_no_number_is_said_to_be_so(writer: Writer) -> None:
    draft = Draft(create(f"{FEED_POST}/1", {"text": ""}))
    draft.body["seq"] = None
    frames = [b"\xa1", sync(), message("#news", {}), draft.frame()]
    await writer.quarantine(
        [Kept(n, None, None, "bad_frame", "", frame=frame) for n, frame in enumerate(frames, 1)]
    )
    outcomes = await tried(writer)
    assert [outcome.word for outcome in outcomes] == [
        "refused again",
        "brought back",
        "dropped",
        "refused again",
    ]
    assert "seq: missing" in outcomes[-1].said
    assert await retry(writer, 999, MOST) is None


async def test_of_several_records_without_a_uri_each_is_kept_and_none_can_come_back(
    writer: Writer,
) -> None:
    stream = Stream()
    commit = stream.commit(ALICE, A_POST)
    nameless = tuple(Refused(None, "bad_path", f"no key: {n}", b"\xa0") for n in range(3))
    await write(writer, structs.replace(commit, refused=nameless))
    await write_again(writer, structs.replace(commit, refused=nameless))
    assert await words(writer) == ["too late"] * 3


def test_a_process_that_a_call_takes_down_is_survived() -> None:
    assert not lived_through(os.abort)
    assert lived_through(os.getpid)


async def test_counts_and_notices_come_back_with_a_record(writer: Writer) -> None:
    stream = Stream()
    await write(writer, stream.create(BOB, FEED_POST, {"text": ""}, POST[-13:]))
    await write(
        writer, refused(stream.commit(ALICE, ("create", f"{LIKE}/l", {"subject": ref(POST)})))
    )
    assert await words(writer) == ["brought back"]
    assert await writer.pool.fetchval("SELECT like_count FROM post_aggregations") == 1
    assert await writer.pool.fetch("SELECT recipient_did FROM notifications") == [(BOB,)]
