"""What health says is wrong."""

from time import time

from indexer.parent.meter import Meter
from indexer.supervisor.report import reasons
from tests.parent.parents import make_parent, settings


async def test_what_waits_too_long_and_what_cannot_be_counted_are_reasons() -> None:
    given = settings("unset", "ws://127.0.0.1:1")
    parent = make_parent(given)
    meter = Meter(parent, given)
    parent.lanes[0].add((1, int((time() - 30) * 1_000_000), b"recent"))
    assert reasons(parent, [], meter) == []
    meter.trouble = "PostgreSQL does not say"
    parent.lanes[1].add((2, int((time() - 70) * 1_000_000), b"old"))
    late, trouble = reasons(parent, [], meter)
    assert late.startswith("the oldest frame that is not committed came 7")
    assert trouble == "PostgreSQL does not say"
