"""The frames after a past."""

from collections.abc import Iterator
from functools import partial

from indexer.protocol.dump import Entry
from load.encoding.frames import Encoder
from load.encoding.side_by_side import side_by_side
from load.faults import NONE, troubled
from load.past.plan import Begun, Plan, begun


def generate(plan: Plan, processes: int = 1) -> Iterator[Entry]:
    return frames(plan, begun(plan), processes)


def frames(plan: Plan, begun: Begun, processes: int = 1) -> Iterator[Entry]:
    """With faults one process makes them all."""
    border, story, _ = begun
    make = partial(Encoder, plan.seed, plan.history, border)
    if processes > 1 and plan.faults == NONE:
        yield from side_by_side(story, make, processes)
    else:
        yield from troubled(story, make(), plan.faults, plan.seed)
