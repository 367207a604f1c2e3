"""Labels that are kept as records come the common road, and are told from those that are said."""

from indexer.labels import active, follow, listening, put
from indexer.shard.accounts import purge
from indexer.shard.forget import records_of
from indexer.shard.writer import Writer
from tests.labels.conftest import POST, START, THEIRS, said
from tests.ops import Stream
from tests.shard.conftest import write
from tests.shard.conftest import writer as writer

LABEL = "com.atproto.label.label"
SPAM = {"uri": POST, "val": "spam", "cts": START.isoformat()}


async def test_labels_kept_as_records_are_reachable_and_logged_with_what_becomes_of_them(
    writer: Writer, database_url: str
) -> None:
    stream = Stream()
    async with listening(database_url, "test", 0.05) as bell:
        events = follow(writer.pool, bell, 0)
        for change in (
            stream.create(THEIRS, LABEL, SPAM, "1"),
            stream.update(THEIRS, LABEL, SPAM | {"neg": True}, "1"),
            stream.update(THEIRS, LABEL, SPAM, "1"),
        ):
            await write(writer, change)
        (found,) = (await active(writer.pool, [POST]))[POST]
        assert (found.src, found.val, found.block) == (THEIRS, "spam", None)
        await write(writer, stream.delete(THEIRS, LABEL, "1"))
        heard = [event.action async for event in events_of(events, 5)]
    assert heard == ["created", "deleted", "deleted", "created", "deleted"]


async def test_what_a_labeler_said_is_no_record_of_its_repo(writer: Writer) -> None:
    stream = Stream()
    await write(writer, stream.create(THEIRS, LABEL, SPAM, "1"))
    await put(writer.pool, [said("rude")])
    assert (await records_of(writer.pool, THEIRS))["labels"] == 1
    await write(writer, stream.account(THEIRS, False, "deleted"))
    await purge(writer, THEIRS)
    assert [label.val for label in (await active(writer.pool, [POST]))[POST]] == ["rude"]


async def events_of(batches, most):
    """The first so many."""
    async for batch in batches:
        for event in batch:
            yield event
            most -= 1
            if not most:
                return
