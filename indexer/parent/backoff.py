"""How long to wait before trying again."""

import random


class Backoff:
    """Doubles from `first_s` to `most_s`, with jitter so that many do not come back together."""

    def __init__(self, first_s: float, most_s: float) -> None:
        self._first_s = first_s
        self._most_s = most_s
        self._failures = 0

    def next_s(self) -> float:
        """Between half of the full wait and all of it."""
        full = min(self._most_s, self._first_s * 2.0 ** min(self._failures, 60))
        self._failures += 1
        return full * random.uniform(0.5, 1.0)

    def reset(self) -> None:
        """What was tried has worked, and not merely begun."""
        self._failures = 0
