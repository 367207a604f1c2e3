"""What was given back before anybody waited for it is not taken for done."""

import pytest

from indexer.channel import CoordinatorEnd
from indexer.coordinator.repos.queue import Seen
from indexer.coordinator.repos.road import Lost, Road
from indexer.coordinator.repos.watch import Way
from indexer.parent.link import CoordinatorLink
from tests.shard.whole import CONTEXT

DID = "did:web:a"


@pytest.fixture
def end() -> CoordinatorEnd:
    """Nothing is offered by it."""
    link = CoordinatorLink(CONTEXT)
    link.close()
    link.end._offers.close()
    return link.end


async def test_it_has_arrived_when_its_row_is_gone(end: CoordinatorEnd) -> None:
    way = Way(7)
    way.see(None)
    await Road(DID, way, end, 0.01).arrived()


@pytest.mark.parametrize(
    "seen",
    [
        Seen(DID, None, 0, False, "desynchronized"),
        Seen(DID, 8, 0, False, "fetching"),
        Seen(DID, 7, 1, False, "desynchronized"),
    ],
)
async def test_what_was_given_back_is_lost(end: CoordinatorEnd, seen: Seen) -> None:
    way = Way(7)
    way.see(seen)
    with pytest.raises(Lost):
        await Road(DID, way, end, 0.01).arrived()


async def test_a_row_that_others_have_after_it_was_complete_is_no_loss(
    end: CoordinatorEnd,
) -> None:
    way = Way(7)
    way.see(Seen(DID, 7, 3, True, "fetching"))
    way.see(Seen(DID, None, 0, False, "desynchronized"))
    await Road(DID, way, end, 0.01).arrived()
