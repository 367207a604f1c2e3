"""Which world, and where its past ends."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from load.encoding.border import Border, Crossing
from load.faults import NONE, Faults
from load.world import Happening, World

_MOST_PEOPLE = 50_000


@dataclass(frozen=True, slots=True)
class Plan:
    """A past of N commits is about 2.0 N rows in all tables.

    `commits` is how many the stream has after it; `history` how many records everybody has from
    before, untold; `rate` commits a second on the world's clock; `viral` the share of the stream's
    likes that goes to one post. Another `viral`, other `faults` leave the past as it is, other
    `commits` do not.
    """

    seed: int = 1
    past: int = 0
    commits: int = 10_000
    people: int = 0  # 0: one for 40 commits, but not more than 50,000
    history: int = 20_000
    rate: float = 400.0
    viral: float = 0.0
    faults: Faults = NONE

    @property
    def population(self) -> int:
        return self.people or min((self.past + self.commits) // 40, _MOST_PEOPLE)

    def world(self) -> World:
        total = self.past + self.commits
        return World(self.seed, total, self.population, self.rate, self.past, self.viral)


def past_of(story: Iterator[Happening], commits: int) -> Iterator[Happening]:
    """The story up to this many commits; what comes after them is left in it."""
    while commits:
        happening = next(story)
        commits -= happening.kind == "commit"
        yield happening


class Begun(NamedTuple):
    border: Border
    story: Iterator[Happening]  # after it
    handles: dict[str, str]  # by DID, of all of whom was told so far, the story included


def begun(plan: Plan) -> Begun:
    world, crossing = plan.world(), Crossing()
    handles: dict[str, str] = {}
    story = _noting(world, handles)
    for happening in past_of(story, plan.past):
        crossing.note(happening)
    return Begun(crossing.border(world.edges), story, handles)


def _noting(world: World, handles: dict[str, str]) -> Iterator[Happening]:
    for happening in world:
        handles[happening.did] = happening.handle
        yield happening
