"""Captures as the model reads them: in the database they become just that, in order or shuffled."""

from collections.abc import Sequence
from random import Random

from indexer.protocol.event import Event
from tests.model.agreement import disagreement
from tests.model.conftest import Place
from tests.model.delivery import Delivery, shuffled
from tests.model.model import Model


async def test_a_stream_in_order_becomes_what_the_model_says(
    events: list[Event], place: Place
) -> None:
    await Delivery(place.writer, Random(1)).write(events, Random(1))
    assert await disagreement(place.connection, told(events)) == []


async def test_a_stream_shuffled_becomes_what_the_model_says(
    events: list[Event], place: Place
) -> None:
    random = Random(2)
    await Delivery(place.writer, random).bring(shuffled(events, random))
    assert await disagreement(place.connection, told(events)) == []


def told(events: Sequence[Event]) -> Model:
    model = Model("relay.test")
    for event in events:
        model.see(event)
    return model
