"""The audit itself: part after part is compared, and what differs is mended if that is wanted."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import NamedTuple

from asyncpg import DeadlockDetectedError, Pool
from asyncpg import Record as Found

from indexer.audit import statements
from indexer.audit.checks import CHECKS, Check
from indexer.audit.parts import ROWS_AT_ONCE, Part, Sample, parts
from indexer.database import BY_KEY, open_pool

EXAMPLES = 5


class Drift(NamedTuple):
    key: str
    stored: str | None
    due: str | None


@dataclass(slots=True)
class Tally:
    """What was found of one column so far."""

    table: str
    column: str
    compared: int = 0
    drifted: int = 0
    mended: int = 0
    examples: list[Drift] = field(default_factory=list)

    @property
    def left(self) -> int:
        return self.drifted - self.mended


class Compared(NamedTuple):
    column: str
    compared: int
    drifts: list[Drift]


class Progress(NamedTuple):
    """How far an audit has come, up to 1, at which table, and what it has found."""

    done: float
    table: str
    tallies: list[Tally]


async def audit(
    url: str,
    sample: Sample | None = None,
    *,
    repair: bool = False,
    pause_s: float = 0.0,
    rows_at_once: int = ROWS_AT_ONCE,
) -> AsyncIterator[Progress]:
    """Each step of a whole audit; the last one's tallies are its result."""
    tallies: dict[tuple[str, str], Tally] = {}
    async with await open_pool(url, "indexer audit", 1, settings=BY_KEY) as pool:
        for at, check in enumerate(CHECKS):
            async for part in parts(pool, check, sample, rows_at_once):
                await _audit(pool, check, part, repair, tallies)
                yield Progress((at + part.done) / len(CHECKS), check.table, _sorted(tallies))
                await asyncio.sleep(pause_s)


async def _audit(
    pool: "Pool[Found]",
    check: Check,
    part: Part,
    repair: bool,
    tallies: dict[tuple[str, str], Tally],
) -> None:
    found = await compare(pool, check, part.lows, part.highs)
    suspects = sorted({drift.key for compared in found for drift in compared.drifts})
    left = set(suspects)
    if repair and suspects and check.mends:
        left = await mend(pool, check, suspects)
    for column, compared, drifts in found:
        tally = tallies.setdefault((check.table, column), Tally(check.table, column))
        tally.compared += compared
        tally.drifted += len(drifts)
        tally.mended += sum(drift.key not in left for drift in drifts)
        tally.examples += drifts[: EXAMPLES - len(tally.examples)]


def _sorted(tallies: dict[tuple[str, str], Tally]) -> list[Tally]:
    return [tallies[name] for name in sorted(tallies)]


async def compare(
    by: "Pool[Found]", check: Check, lows: list[str], highs: list[str]
) -> list[Compared]:
    found = await by.fetch(statements.tallied(check.compare), lows, highs)
    return [
        Compared(
            row["name"],
            row["compared"],
            [Drift(*one) for one in zip(*(row[c] or () for c in Drift._fields), strict=True)],
        )
        for row in found
    ]


async def mend(pool: "Pool[Found]", check: Check, suspects: list[str]) -> set[str]:
    """Mend those that differ also while nobody can move them. Returns those that still differ."""
    try:
        async with pool.acquire() as connection, connection.transaction():
            for lock in check.locks:
                await connection.execute(lock, suspects)
            differing = await _differing(connection, check, suspects)
            for statement in check.mends if differing else ():
                await connection.execute(statement, differing)
            return set(await _differing(connection, check, differing))
    except DeadlockDetectedError:
        return set(suspects)  # somebody else's order of locks: another time


async def _differing(connection: "Pool[Found]", check: Check, keys: list[str]) -> list[str]:
    found = await compare(connection, check, keys, keys)
    return sorted({drift.key for compared in found for drift in compared.drifts})
