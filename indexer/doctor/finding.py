"""What a check found, and what to do about it."""

from typing import Literal, NamedTuple

Level = Literal["well", "better", "wrong"]
"""As it should be; could be better; will not work, or loses something."""


class Finding(NamedTuple):
    about: str  # one or two words
    level: Level
    found: str
    advice: str = ""


def well(about: str, found: str) -> Finding:
    return Finding(about, "well", found)


def better(about: str, found: str, advice: str) -> Finding:
    return Finding(about, "better", found, advice)


def wrong(about: str, found: str, advice: str) -> Finding:
    return Finding(about, "wrong", found, advice)
