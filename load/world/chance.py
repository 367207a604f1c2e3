"""Choosing: some are chosen far more often than others."""

from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


def famous(random: Random, count: int) -> int:
    """A rank below `count`, rank r about 1/(r+1) times as likely as rank 0 (Zipf's law)."""
    return int((count + 1) ** random.random()) - 1


def busy(random: Random, count: int) -> int:
    """A rank below `count`, falling with the square root: nobody does a tenth of everything."""
    return int(count * random.random() ** 2)


class Pool(Generic[T]):
    """What can be pointed at: the first ones, who had time to become famous, and the latest.

    Whatever lies between is forgotten, so that a long story fits into memory.
    """

    def __init__(self, first: int = 5_000, latest: int = 20_000) -> None:
        self._first: list[T] = []
        self._latest: list[T] = []
        self._sizes = first, latest
        self._added = 0

    def __len__(self) -> int:
        return len(self._latest)

    def add(self, item: T) -> None:
        first, latest = self._sizes
        if len(self._first) < first:
            self._first.append(item)
        if len(self._latest) < latest:
            self._latest.append(item)
        else:
            self._latest[self._added % latest] = item
        self._added += 1

    def pick(self, random: Random) -> T:
        if random.random() < 0.5:
            return self._first[famous(random, len(self._first))]
        back = famous(random, len(self._latest))
        return self._latest[(self._added - 1 - back) % len(self._latest)]


class Mix(Generic[T]):
    """Things with weights, of which one is drawn."""

    def __init__(self, weighted: Sequence[tuple[int, T]]) -> None:
        self._things = [thing for _, thing in weighted]
        self._sums = list(accumulate(weight for weight, _ in weighted))

    def draw(self, random: Random) -> T:
        return random.choices(self._things, cum_weights=self._sums)[0]
