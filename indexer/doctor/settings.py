"""How a PostgreSQL should be set, and why. Pure; what our own server is set to passes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from indexer.doctor.finding import Finding, Level, well

MB = 2**20
GB = 2**30
MINUTE_MS = 60_000


class Rule(NamedTuple):
    name: str
    fits: Callable[[str], bool]
    level: Level  # where it does not fit
    advice: str


def at_least(least: int) -> Callable[[str], bool]:
    return lambda value: int(value) >= least


def is_not(*wrong: str) -> Callable[[str], bool]:
    return lambda value: value not in wrong


RULES = (
    Rule("fsync", is_not("off"), "wrong", "on: after a power cut there is no database"),
    Rule(
        "full_page_writes",
        is_not("off"),
        "better",
        "on, unless the file system never tears a page: a power cut leaves half-written ones",
    ),
    Rule("autovacuum", is_not("off"), "wrong", "on: counters are updated in place and swell"),
    Rule(
        "shared_buffers",
        at_least(512 * MB),
        "better",
        "a quarter of the memory: indexes live in it",
    ),
    Rule("max_wal_size", at_least(4 * GB), "better", "4GB or more: checkpoints write pages anew"),
    Rule("checkpoint_timeout", at_least(10 * MINUTE_MS), "better", "10min or more, likewise"),
    Rule("wal_buffers", at_least(16 * MB), "better", "16MB: several writers share it"),
    Rule(
        "wal_compression",
        is_not("on", "pglz"),
        "better",
        "lz4, or off: pglz takes a quarter of PostgreSQL's CPU",
    ),
    Rule(
        "random_page_cost",
        lambda value: float(value) <= 2,
        "better",
        "1.1 on anything but a spinning disk",
    ),
)
NAMES = [rule.name for rule in RULES]


def judge(found: Iterable[Mapping[str, Any]]) -> Iterator[Finding]:
    """`found` has name, value and how PostgreSQL shows it, for each of `NAMES`."""
    settings = {row["name"]: row for row in found}
    fine = []
    for rule in RULES:
        row = settings[rule.name]
        if rule.fits(row["value"]):
            fine.append(f"{rule.name} {row['shown']}")
        else:
            yield Finding("setting", rule.level, f"{rule.name} is {row['shown']}", rule.advice)
    if fine:
        yield well("settings", ", ".join(fine))
