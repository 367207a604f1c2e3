"""Single records that were asked for: which of them count, and whom they tell."""

from datetime import UTC, datetime, timedelta

import pytest

from indexer.protocol.event import Commit, Fetched
from indexer.protocol.syntax import AtUri
from indexer.protocol.synthetic import decode_synthetic, record_frame
from indexer.shard.loop import cut
from indexer.shard.writer import Writer
from load.encoding.mst import cid_of
from tests.ops import Stream, block, cid
from tests.shard.conftest import write
from tests.shard.whole import deliver, loop_of

ALICE, BOB, CAROL = (f"did:plc:{name * 6}" for name in ("alic", "bobb", "caro"))
POST = "app.bsky.feed.post"
POSTED = AtUri(f"at://{ALICE}/{POST}/1")
ASKED = datetime(2026, 2, 3, 4, 5, 6, 789012, tzinfo=UTC)
EARLY, LATE = "2222222222222", "3zzzzzzzzzzz2"


def post(text: str = "hello", **fields: object) -> dict[str, object]:
    return {"$type": POST, "text": text, "createdAt": "2026-01-01T00:00:00Z", **fields}


def fetched(record: dict[str, object], rev: str | None, known: str | None = None) -> Fetched:
    """Alice's post, as its PDS has it."""
    data = block(record)
    frame = record_frame(
        POSTED, cid_of(data), data, subject=POSTED, claim=ASKED, rev=rev, known=known
    )
    event = decode_synthetic(frame, 1_800_000_000_000_000)
    assert isinstance(event, Fetched)
    return event


async def ask(writer: Writer, subject: str = POSTED) -> None:
    await writer.pool.execute(
        "INSERT INTO pending (subject, kind, due, expires) VALUES ($1, $2, $3, 'infinity')"
        " ON CONFLICT (subject) DO UPDATE SET due = $3",
        subject,
        POST,
        ASKED,
    )


async def text(writer: Writer) -> str | None:
    found: str | None = await writer.pool.fetchval("SELECT text FROM posts WHERE uri = $1", POSTED)
    return found


async def waiting(writer: Writer) -> datetime | None:
    due: datetime | None = await writer.pool.fetchval(
        "SELECT due FROM pending WHERE subject = $1", POSTED
    )
    return due


async def told(writer: Writer) -> list[str]:
    rows = await writer.pool.fetch("SELECT reason FROM notifications ORDER BY reason")
    return [reason for (reason,) in rows]


def liked(stream: Stream) -> Commit:
    subject = {"uri": POSTED, "cid": "bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm"}
    like = {"subject": subject, "createdAt": "2026-01-01T00:00:00Z"}
    return stream.create(BOB, "app.bsky.feed.like", like, "1")


async def test_what_was_waited_for_is_stored_its_author_told_and_nobody_waits(
    writer: Writer,
) -> None:
    await write(writer, liked(Stream()))
    await ask(writer)
    await write(writer, fetched(post(), LATE))
    assert await text(writer) == "hello"
    assert await told(writer) == ["like"]
    assert await waiting(writer) is None
    assert await writer.pool.fetchval("SELECT rev FROM repos WHERE did = $1", ALICE) is None


async def test_who_asks_again_for_what_then_comes_waits_no_longer(writer: Writer) -> None:
    await write(writer, liked(Stream()))
    await ask(writer)
    await writer.pool.execute("UPDATE pending SET due = $1", ASKED + timedelta(microseconds=1))
    await write(writer, fetched(post(), LATE))
    assert (await text(writer), await waiting(writer)) == ("hello", None), "it is here"


async def test_a_profile_takes_out_its_author_unless_prodded_meanwhile(writer: Writer) -> None:
    data = block({"$type": "app.bsky.actor.profile", "displayName": "Alice"})
    uri = AtUri(f"at://{ALICE}/app.bsky.actor.profile/self")
    frame = record_frame(uri, cid_of(data), data, subject=ALICE, claim=ASKED, rev=LATE, known=None)
    for due, stays in ((ASKED + timedelta(seconds=1), 1), (ASKED, 0)):
        await ask(writer, ALICE)
        await writer.pool.execute("UPDATE pending SET due = $1", due)
        await deliver(loop_of(writer), frame, relayed=False)
        count = await writer.pool.fetchval("SELECT count(*) FROM pending WHERE subject = $1", ALICE)
        assert count == stays
    assert await writer.pool.fetchval("SELECT display_name FROM users") == "Alice"


@pytest.mark.parametrize("rev", [EARLY, None])
async def test_a_stale_answer_does_not_undo_a_live_deletion(
    writer: Writer, rev: str | None
) -> None:
    stream = Stream()
    await write(writer, stream.create(ALICE, POST, post(), "1"), stream.delete(ALICE, POST, "1"))
    await ask(writer)
    await write(writer, fetched(post(), rev, known=EARLY))
    assert await text(writer) is None
    assert (await waiting(writer) or ASKED) > ASKED, "asked again, now"


async def test_without_a_proof_a_record_counts_while_its_repo_stands_still(writer: Writer) -> None:
    stream = Stream()
    other = stream.create(ALICE, POST, post("other"), "2")
    await write(writer, other)
    await write(writer, fetched(post(), None, known=other.rev))
    assert await text(writer) == "hello"


async def test_a_record_is_not_taken_while_its_repo_is_fetched_whole(writer: Writer) -> None:
    await writer.pool.execute("INSERT INTO repos (did, state) VALUES ($1, 'fetching')", ALICE)
    await ask(writer)
    await write(writer, fetched(post(), LATE))
    assert await text(writer) is None
    assert await waiting(writer) is not None


async def test_an_old_record_tells_nobody_until_the_stream_brings_it(writer: Writer) -> None:
    stream = Stream()
    await write(writer, stream.create(BOB, POST, post("above"), "0"))
    ref = {"uri": f"at://{BOB}/{POST}/0", "cid": cid(block(post("above")))}
    answer = post("below", reply={"root": ref, "parent": ref})
    live = stream.create(ALICE, POST, answer, "1")
    await write(writer, fetched(answer, LATE))
    assert await text(writer) == "below"
    assert await told(writer) == []
    await write(writer, live)
    assert await told(writer) == ["reply"]
    assert await counts(writer) == 1
    await write(writer, fetched(answer, LATE))
    assert await told(writer) == ["reply"], "what stands already is not touched"
    assert await counts(writer) == 1


async def test_of_two_versions_the_later_one_stays_whichever_way_it_came(writer: Writer) -> None:
    stream = Stream()
    first = stream.create(ALICE, POST, post("first"), "1")
    second = stream.update(ALICE, POST, post("second"), "1")
    await write(writer, fetched(post("second"), LATE))
    await write(writer, first, at_once=1)
    await write(writer, second, at_once=1)
    assert await text(writer) == "second"
    assert await writer.pool.fetchval("SELECT commit_rev FROM posts") == second.rev


async def test_nothing_is_stored_of_those_who_are_gone_or_opted_out(writer: Writer) -> None:
    await writer.pool.execute("INSERT INTO user_settings VALUES ($1, true)", ALICE)
    await ask(writer)
    await write(writer, fetched(post(), LATE))
    assert (await text(writer), await waiting(writer)) == (None, None)
    await writer.pool.execute("DELETE FROM user_settings")
    await writer.pool.execute("UPDATE repos SET active = false, status = 'deleted'")
    await ask(writer)
    await write(writer, fetched(post(), LATE))
    assert (await text(writer), await waiting(writer)) == (None, None)


async def test_a_record_that_may_not_be_stored_is_kept_aside_and_not_asked_for_again(
    writer: Writer,
) -> None:
    await ask(writer)
    await write(writer, fetched({"$type": POST}, LATE))
    assert (await text(writer), await waiting(writer)) == (None, None)
    assert await writer.pool.fetchval("SELECT reason FROM quarantine") == "bad_record"


async def test_what_was_fetched_in_a_batch_with_live_commits_keeps_its_place(
    writer: Writer,
) -> None:
    event = Stream().create(ALICE, POST, post(), "1")
    groups = list(cut([event, fetched(post(), LATE), fetched(post(), LATE), event]))
    assert [len(group) for group in groups] == [1, 2, 1]
    for group in groups:
        await write(writer, *group)
    assert await writer.pool.fetchval("SELECT commit_seq FROM posts") == event.seq


async def counts(writer: Writer) -> int:
    count: int = await writer.pool.fetchval(
        "SELECT reply_count FROM post_aggregations WHERE post_uri = $1", f"at://{BOB}/{POST}/0"
    )
    return count
