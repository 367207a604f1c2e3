"""Worlds that nobody thought of, brought to a database as badly as may be: it holds what the model
says.

160 of them by default, always the same. `WORLDS=5000 pytest tests/model/test_worlds.py` tries
as many others (some four a second). What fails is printed as the text of a world, the smallest that
could be found: `regressions/` is where it is kept.
"""

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings

from tests.model.age import Memory
from tests.model.agreement import disagreement
from tests.model.conftest import Place
from tests.model.delivery import deliver
from tests.model.forgetting import forgetting
from tests.model.model import Model
from tests.model.worlds import World, worlds

WORLDS = int(os.environ.get("WORLDS", "0"))
STEPS = 40
REASONS = (
    "reply mention quote like repost like-via-repost repost-via-repost follow starterpack-joined"
    " verified"
).split()
VERDICTS = "violates_thread_gate violates_embedding_rules reply_disabled embedding_disabled".split()


@pytest.fixture(scope="module")
def seen() -> Counter[str]:
    """How many rows, and notices of each reason, there were in all worlds together."""
    return Counter()


@pytest.mark.timeout(120 + WORLDS)
@settings(
    max_examples=WORLDS or 160,
    derandomize=not WORLDS,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(world=worlds(STEPS))
async def test_database_and_model_agree(world: World, place: Place, seen: Counter[str]) -> None:
    model = await lived(world, place)
    if model.memory is not None:
        seen["forgotten"] += sum(not model.memory.keeps(op) for op in model.records.values())
        unprotected = Memory(model.memory.since)
        seen["protected"] += sum(
            model.memory.keeps(op) and not unprotected.keeps(op) for op in model.records.values()
        )
    for table, rows in model.tables().items():
        seen[table] += len(rows)
        seen.update(row["reason"] for row in rows if table == "notifications")
        seen.update(c for row in rows for c, value in row.items() if c in VERDICTS and value)


def test_every_table_and_every_reason_is_tried(seen: Counter[str]) -> None:
    if not seen:
        pytest.skip("worlds come first")
    assert all(seen.values())
    assert set(REASONS) <= seen.keys()
    assert set(VERDICTS) <= seen.keys()
    assert {"forgotten", "protected"} <= seen.keys()


async def lived(world: World, place: Place) -> Model:
    await place.clear()
    forgets = forgetting(world.delivery)
    model, events = Model(place.writer.source, forgets and forgets.memory), world.events()
    for event in events:
        model.see(event)
    await deliver(place.writer, events, world.delivery, forgets)
    lines = await disagreement(place.connection, model)
    assert not lines, "\n".join(["the model (-) and the database (+)", *lines, repr(world)])
    return model
