"""What a viewer sees of gates, and whom a muted thread tells nothing more."""

from indexer.shard.writer import Writer
from tests.ops import Stream
from tests.records.samples import ALICE, BOB, facet, ref
from tests.shard.conftest import write
from tests.shard.test_verdicts import (
    ANSWER,
    DAVE,
    DISABLE,
    GATE,
    POST_GATE,
    REPLY,
    ROOT,
    answer,
    create,
    gate,
    verdict,
)

VIEWED = (
    "SELECT thread_muted, reply_disabled, embedding_disabled FROM post_viewer_states"
    " WHERE viewer_did = $1 AND post_uri = $2"
)
MUTES = "CREATE TABLE thread_mutes (uri text, muter_did text, thread_root_uri text)"


async def test_a_viewer_sees_what_the_gates_forbid(writer: Writer) -> None:
    stream, like = Stream(), "app.bsky.feed.like"
    await write(writer, create(stream, ROOT, {"text": ""}), create(stream, GATE, gate()))
    await write(writer, create(stream, POST_GATE, {"post": ROOT, "embeddingRules": [DISABLE]}))
    await write(writer, create(stream, ANSWER, answer(ROOT)))
    for post, rkey in ((ROOT, "1"), (ANSWER, "2")):
        await write(writer, stream.create(ALICE, like, {"subject": ref(post)}, rkey))
        await write(writer, stream.create(BOB, like, {"subject": ref(post)}, rkey))
    assert await writer.pool.fetchrow(VIEWED, ALICE, ROOT) == (False, True, True)
    assert await writer.pool.fetchrow(VIEWED, BOB, ROOT) == (False, False, False)
    assert await writer.pool.fetchrow(VIEWED, ALICE, ANSWER) == (False, True, False)


async def test_who_mutes_a_thread_is_told_nothing_more_about_it(writer: Writer) -> None:
    stream, like = Stream(), "app.bsky.feed.like"
    reasons = "SELECT reason FROM notifications WHERE recipient_did = $1 ORDER BY id"
    await write(writer, create(stream, ROOT, {"text": ""}), create(stream, REPLY, answer(ROOT)))
    await writer.pool.execute(MUTES)
    await writer.pool.execute("INSERT INTO thread_mutes VALUES ('m', $1, $2)", ALICE, ROOT)
    await write(writer, create(stream, ANSWER, {**answer(REPLY), "facets": [facet(ALICE)]}))
    await write(writer, stream.create(DAVE, like, {"subject": ref(REPLY)}, "1"))
    assert await writer.pool.fetch(reasons, ALICE) == []
    await writer.pool.execute("INSERT INTO thread_mutes VALUES ('n', $1, $2)", BOB, ROOT)
    await write(writer, stream.create(DAVE, like, {"subject": ref(ROOT)}, "2"))
    await write(writer, stream.create(DAVE, "app.bsky.graph.follow", {"subject": BOB}, "1"))
    assert await writer.pool.fetch(reasons, BOB) == [("reply",), ("reply",), ("follow",)]
    assert await writer.pool.fetchval(VIEWED, DAVE, REPLY) is False
    await write(writer, stream.create(ALICE, like, {"subject": ref(REPLY)}, "3"))
    assert await writer.pool.fetchval(VIEWED, ALICE, REPLY) is True


async def test_a_table_of_mutes_of_another_make_mutes_nothing(writer: Writer) -> None:
    stream = Stream()
    await writer.pool.execute("CREATE TABLE thread_mutes (id bigint)")
    await write(writer, create(stream, ROOT, {"text": ""}), create(stream, REPLY, answer(ROOT)))
    assert await verdict(writer) == (False, ("reply",))


async def test_a_notice_told_before_follows_its_subject_though_the_thread_is_muted(
    writer: Writer,
) -> None:
    """The post between is moved below another post of the same person."""
    stream, other = Stream(), f"at://{BOB}/app.bsky.feed.post/other"
    await write(writer, create(stream, ROOT, {"text": ""}), create(stream, other, {"text": ""}))
    await write(writer, create(stream, REPLY, answer(ROOT)), create(stream, ANSWER, answer(REPLY)))
    await writer.pool.execute(MUTES)
    for root in (ROOT, other):
        await writer.pool.execute("INSERT INTO thread_mutes VALUES ('m', $1, $2)", BOB, root)
    await write(writer, stream.update(ALICE, "app.bsky.feed.post", answer(other), "2"))
    subjects = (
        "SELECT reason_subject FROM notifications WHERE recipient_did = $1 AND author_did = $2"
    )
    assert await writer.pool.fetch(subjects, BOB, DAVE) == [(other,)]
