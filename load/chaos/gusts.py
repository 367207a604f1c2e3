"""How the stream comes while the killer is at work: in gusts, so that what is hit is at work, too.

The rate follows the killer, that neither is done long before the other.
"""

from math import inf

GUST_S = 0.5
LEAST_GUST = 10


class Gusts:
    """`rate` is frames a second on a connection, and may change at any time; None lets them go."""

    def __init__(self) -> None:
        self.rate: float | None = None

    def share(self, frames: int, seconds: float) -> None:
        """What is left of the stream shall last for what is left of the time."""
        self.rate = max(1.0, frames / seconds) if seconds > 0 else inf

    def due_s(self, number: int, since_first_us: int) -> float:  # noqa: ARG002  as a Timing
        if self.rate is None or self.rate == inf:
            return 0.0
        gust = max(LEAST_GUST, int(self.rate * GUST_S))
        return number // gust * gust / self.rate
