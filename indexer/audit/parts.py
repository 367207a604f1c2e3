"""Which keys are compared at once: all of them a range after another, or some at random."""

from collections.abc import AsyncIterator
from typing import NamedTuple

from asyncpg import Pool
from asyncpg import Record as Found

from indexer.audit import statements
from indexer.audit.checks import Check

ROWS_AT_ONCE = 5000
LAST = "\U0010ffff"  # after every key
PREFIX, DIGITS = "did:plc:", "234567abcdefghijklmnopqrstuvwxyz"


class Sample(NamedTuple):
    """So many keys of each table, or so many per cent of them."""

    keys: int = 0
    percent: float = 0.0


class Part(NamedTuple):
    """Ranges of keys, ends included; and how much of the check is done with them, up to 1."""

    lows: list[str]
    highs: list[str]
    done: float


def read_sample(text: str) -> Sample:
    """`1000` or `2.5%`. Raises `ValueError`."""
    try:
        sample = Sample(percent=float(text[:-1])) if text.endswith("%") else Sample(int(text))
    except ValueError:
        sample = Sample()
    if not (sample.keys > 0 or 0 < sample.percent <= 100):
        raise ValueError(f"{text!r} is neither a number of keys nor a percentage")
    return sample


async def parts(
    pool: "Pool[Found]", check: Check, sample: Sample | None, rows: int = ROWS_AT_ONCE
) -> AsyncIterator[Part]:
    chosen = _all(pool, check, rows)
    if sample is not None:
        size = await _size(pool, check)
        wanted = sample.keys or int(size * sample.percent / 100) + 1
        if wanted < size:
            chosen = _some(pool, check, wanted, rows)
    async for part in chosen:
        yield part


async def _all(pool: "Pool[Found]", check: Check, rows: int) -> AsyncIterator[Part]:
    """A part has as many rows of one table, unless one key alone has more."""
    statement, low = statements.bound(check.walks), ""
    while (high := await pool.fetchval(statement, low, rows)) is not None:
        yield Part([low], [high], position(high))
        low = high + "\x01"  # what comes right after it: no text holds a zero
    yield Part([low], [LAST], 1.0)


async def _some(pool: "Pool[Found]", check: Check, wanted: int, rows: int) -> AsyncIterator[Part]:
    for begin in range(0, wanted, rows):
        some = min(rows, wanted - begin)
        keys = await _draw(pool, check, some)
        yield Part(keys, keys, (begin + some) / wanted)


async def _draw(pool: "Pool[Found]", check: Check, wanted: int) -> list[str]:
    """From every table that the check goes through as many; those of several tables once."""
    each = -(-wanted // len(check.walks))
    found = [await pool.fetch(statements.draw(walk), each) for walk in check.walks]
    return sorted({key for rows in found for (key,) in rows})


async def _size(pool: "Pool[Found]", check: Check) -> float:
    sizes = [await pool.fetchval(statements.size(walk)) for walk in check.walks]
    return float(sum(sizes))


def position(key: str) -> float:
    """How far a key is from the first to the last: those of did:plc are evenly spread."""
    begin = key.find(PREFIX)
    if begin < 0:
        return 1.0
    value = 0.0
    for place, digit in enumerate(key[begin + len(PREFIX) :][:3], 1):
        value += max(0, DIGITS.find(digit)) / len(DIGITS) ** place
    return value
