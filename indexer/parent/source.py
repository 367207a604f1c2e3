"""Where frames come from. A relay and a file are two such places; others will come.

A source reads and times; it judges nothing. What the frames say, and when to connect again, is
the business of parent/ingest.py.
"""

from collections.abc import AsyncGenerator, Sequence
from typing import NamedTuple, Protocol


class Arrival(NamedTuple):
    """Frames that came together, in their order, and when (us since 1970, our clock)."""

    received_us: int
    frames: Sequence[bytes]


class Interrupted(Exception):
    """The source cannot go on for now. `cause` is one word for counting; the text is for people."""

    def __init__(self, cause: str, text: str) -> None:
        super().__init__(text)
        self.cause = cause


class Broken(Exception):
    """The source can never go on; the text says why."""


class Source(Protocol):
    service: str
    """Names the source in the database: a seq means nothing to another one."""

    finite: bool
    """Whether its end is the end: a file's is, a relay's connection is made again."""

    connects: int
    """How often it was reached."""

    def frames(self, after: int | None) -> AsyncGenerator[Arrival, None]:
        """Frames from behind this seq on.

        Behind None there is whatever the source begins with. Repeats may come before. Ends when
        the source ends in good order; raises `Interrupted` or `Broken`.
        """
