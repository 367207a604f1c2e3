"""Why there is no answer. Texts name the host and never the URL, whose query may hold secrets."""

from typing import ClassVar

MOST_TEXT = 200  # of a reason, part of which a stranger may have written
LONGEST_REST_S = 3600.0  # whatever a host wishes


class NoAnswer(Exception):
    """`outcome` is how metrics count it."""

    outcome: ClassVar[str]

    def __init__(self, host: str, why: str) -> None:
        super().__init__(f"{host}: {why}"[:MOST_TEXT])
        self.host = host
        self.why = why[:MOST_TEXT]


class Forbidden(NoAnswer):
    """The URL, its address or one it redirected to may not be asked. It was not."""

    outcome = "forbidden"


class TooBig(NoAnswer):
    """More bytes than were wanted."""

    outcome = "too_big"


class Unreadable(NoAnswer):
    """An answer in a form that was not asked for."""

    outcome = "unreadable"


class Failed(NoAnswer):
    """It may work another time. `again_in_s` is when the host said so, or we know so."""

    def __init__(self, host: str, why: str, again_in_s: float | None = None) -> None:
        super().__init__(host, why)
        self.again_in_s = None if again_in_s is None else min(again_in_s, LONGEST_REST_S)


class Unreachable(Failed):
    """No name, no connection, no TLS, a connection that broke, or a server that says it failed."""

    outcome = "unreachable"


class TooSlow(Failed):
    outcome = "too_slow"


class Resting(Failed):
    """Not asked: the host failed too often, or wished to be left alone."""

    outcome = "resting"
