"""Graphs of a few characters: eight dots in each, as Braille is written. Pure."""

from collections.abc import Sequence
from itertools import pairwise

BLANK = 0x2800
DOTS = 4  # of a character, one above the other; it is two wide
LEFT, RIGHT = (0x40, 0x04, 0x02, 0x01), (0x80, 0x20, 0x10, 0x08)  # from below
BAR, PARTS = "█", " ▏▎▍▌▋▊▉"


def graph(values: Sequence[float | None], width: int, height: int, length: int = 0) -> list[str]:
    """`height` lines of `width` characters: filled below the values, the newest at the right, from
    zero up. `length` values would fill the width, unless it has room for more; of those that share
    a column the largest is drawn."""
    padded = [None] * (length - len(values)) + list(values)
    columns = _squeezed(padded, width * 2)
    most = max((value for value in columns if value is not None), default=0) or 1
    dots = [
        0 if not value or value < 0 else max(1, round(value / most * height * DOTS))
        for value in columns
    ]
    dots = [0] * (width * 2 - len(dots)) + dots
    pairs = list(zip(dots[::2], dots[1::2], strict=True))
    return [
        "".join(
            chr(BLANK + _part(LEFT, left, row) + _part(RIGHT, right, row)) for left, right in pairs
        )
        for row in reversed(range(height))
    ]


def bar(value: float, most: float, width: int) -> str:
    """Exactly `width` characters, as full as `value` is of `most`; something shows of anything."""
    eighths = round(min(1.0, value / most) * width * 8) if most > 0 and value > 0 else 0
    if value > 0:
        eighths = max(1, eighths)
    whole, rest = divmod(eighths, 8)
    return (BAR * whole + (PARTS[rest] if rest else "")).ljust(width)


def _squeezed(values: Sequence[float | None], most: int) -> list[float | None]:
    if len(values) <= most:
        return list(values)
    edges = [len(values) * n // most for n in range(most + 1)]
    return [_largest(values[begin:end]) for begin, end in pairwise(edges)]


def _largest(values: Sequence[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


def _part(bits: tuple[int, ...], dots: int, row: int) -> int:
    return sum(bits[: min(DOTS, max(0, dots - row * DOTS))])
