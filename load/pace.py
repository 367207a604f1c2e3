"""How fast a capture is played: as fast as it is read, at a rate, or in its own time."""

from dataclasses import dataclass
from typing import Protocol


class Timing(Protocol):
    def due_s(self, number: int, since_first_us: int) -> float:
        """When a frame is to go, in seconds after the first."""


@dataclass(frozen=True, slots=True)
class Pace:
    """At most one of the two; neither means no waiting.

    `rate` is frames a second; `speed` is how many times as fast as they once came.
    """

    rate: float | None = None
    speed: float | None = None

    def due_s(self, number: int, since_first_us: int) -> float:
        if self.rate is not None:
            return number / self.rate
        if self.speed is not None:
            return since_first_us / 1_000_000 / self.speed
        return 0.0
