"""The frames after a past."""

from collections.abc import Iterator

from indexer.protocol.dump import Entry
from load.frames import Encoder
from load.generate import entries
from load.past.plan import Plan, begun


def generate(plan: Plan) -> Iterator[Entry]:
    border, story = begun(plan)
    yield from entries(story, Encoder(plan.seed, plan.history, border))
