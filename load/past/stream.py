"""The frames after a past."""

from collections.abc import Iterator

from indexer.protocol.dump import Entry
from load.faults import troubled
from load.frames import Encoder
from load.past.plan import Plan, begun


def generate(plan: Plan) -> Iterator[Entry]:
    border, story = begun(plan)
    encoder = Encoder(plan.seed, plan.history, border)
    yield from troubled(story, encoder, plan.faults, plan.seed)
