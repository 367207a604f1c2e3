"""An indexer goes on with what was adopted; what comes again makes it as if it were all ours."""

from random import Random

from indexer.labels import Author, Wish, negate
from indexer.protocol.event import Event
from indexer.protocol.frame import decode
from load.generate import generate
from tests.adopt.conftest import adopted
from tests.audit.conftest import LATER_US, make_writer
from tests.audit.test_auditing import drifted
from tests.records.samples import ALICE, BOB
from tests.shard.test_crossing import look, write
from tests.snapshot import Snapshot, difference


async def test_it_goes_on_with_another_stream(mistaken_url: str) -> None:
    await adopted(mistaken_url)
    writer = await make_writer(mistaken_url)
    frames = (frame for _, frame in generate(seed=3, commits=200))
    events = [event for frame in frames if (event := decode(frame, LATER_US))]
    await write(writer, events, Random(1))
    taken_back = await negate(writer.pool, Author(ALICE, None), [Wish(BOB, "rude")])
    assert [(label.src, label.uri, label.neg) for label in taken_back] == [(ALICE, BOB, True)]
    await writer.pool.close()
    assert await drifted(mistaken_url) == {}


async def test_what_comes_again_makes_it_as_if_it_had_always_been_ours(
    downgraded_url: str, events: list[Event], was: Snapshot
) -> None:
    report = await adopted(downgraded_url)
    assert sum(line.duplicates for line in report.lines) >= 3
    assert await drifted(downgraded_url) == {}

    writer = await make_writer(downgraded_url)
    await writer.pool.execute("DELETE FROM duplicates WHERE uri LIKE '%z'")
    await write(writer, events, Random(2))
    found = await look(writer)
    await writer.pool.close()
    assert difference(was, found) == []
    assert await drifted(downgraded_url) == {}
