"""Looks labels up: by subject or prefix of one, by source, by value."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from asyncpg import Pool, Record

from indexer.database import load_query
from indexer.protocol.label import fields_of, spelled
from indexer.protocol.syntax import clean

MATCH = load_query("match_labels")
MOST = 250
PATIENCE_S = 10.0
_NEXT, _LAST = "\x01", "\U0010ffff"

Place = tuple[str, str, str]
START: Place = ("", "", "")


class Found(NamedTuple):
    """A row of `labels`. `block` is None for one that is kept as a record."""

    uri: str
    src: str
    subject: str
    val: str
    neg: bool
    cid: str | None
    exp: datetime | None
    sig: bytes | None
    created_at: datetime
    block: bytes | None

    @property
    def place(self) -> Place:
        return self.subject, self.val, self.src

    @property
    def fields(self) -> dict[str, Any]:
        """As the protocol has them, without the signature."""
        if self.block is not None:
            return fields_of(self.block)
        fields = {
            "src": self.src,
            "uri": self.subject,
            "cid": self.cid,
            "val": self.val,
            "neg": self.neg or None,
            "cts": spelled(self.created_at),
            "exp": self.exp and spelled(self.exp),
        }
        return {name: field for name, field in fields.items() if field is not None}


async def match(
    pool: "Pool[Record]",
    patterns: Iterable[str],
    *,
    sources: Sequence[str] | None = None,
    values: Sequence[str] | None = None,
    after: Place = START,
    limit: int = MOST,
    active: bool = True,
) -> list[Found]:
    """By subject, value and source. A pattern is a subject, or with `*` at its end the beginning of
    one. `active` leaves out what is taken back or has ended. Raises TimeoutError."""
    bounds = [_bounds(pattern) for pattern in patterns]
    lows, highs = [low for low, _ in bounds], [high for _, high in bounds]
    which = [texts and [clean(text) for text in texts] for texts in (sources, values)]
    wanted = (lows, highs, *which, *map(clean, after), limit, active)
    return [Found(*row) for row in await pool.fetch(MATCH, *wanted, timeout=PATIENCE_S)]


async def query(
    pool: "Pool[Record]",
    *,
    subjects: Sequence[str] = (),
    sources: Sequence[str] = (),
    values: Sequence[str] = (),
    limit: int = MOST,
    after: Place = START,
) -> list[Found]:
    """Whatever was last said of each label, negations too. What is empty matches all."""
    return await match(
        pool,
        [*subjects] or ["*"],
        sources=sources or None,
        values=values or None,
        after=after,
        limit=limit,
        active=False,
    )


async def active(pool: "Pool[Record]", subjects: Sequence[str]) -> dict[str, list[Found]]:
    """The labels that hold, by subject; every subject is there."""
    found: dict[str, list[Found]] = {subject: [] for subject in subjects}
    after = START
    while page := await match(pool, subjects, after=after):
        for label in page:
            found[label.subject].append(label)
        after = page[-1].place
    return found


def _bounds(pattern: str) -> tuple[str, str]:
    """The first subject that matches, and one before which all others are."""
    pattern = clean(pattern)
    if pattern.endswith("*"):
        return pattern[:-1], pattern[:-1] + _LAST
    return pattern, pattern + _NEXT
