"""The whole display, as high as the terminal: what there is no room for is left out. Pure."""

import re
from collections.abc import Sequence

from rich.text import Text

from indexer.terminal import parts
from indexer.terminal.parts import Lines, Live

DATE = re.compile(r"^\d{4}-\d\d-\d\d ")
WIDE = 78  # from here on, three columns
LOG_LINES = 4  # as many have room before anything else grows
# Rows of a graph, of each list, and shards, from much room to little.
SIZES = ((4, 10, 64), (3, 8, 32), (2, 6, 16), (2, 4, 8), (1, 4, 8), (1, 3, 4), (1, 2, 2), (1, 0, 2))


def draw(
    live: Live | None, trouble: str | None, said: Sequence[str], width: int, height: int
) -> Lines:
    """At most `height` lines. `said` are lines of a log, the newest last; `trouble` is why `live`
    is old, or not there."""
    if live is None:
        found = [
            parts.line(("indexer ", parts.HEAD), (parts.plain(trouble or "asking"), parts.SOFT))
        ]
    else:
        wanted = height - min(len(said), LOG_LINES) - (1 if said else 0)
        for sizes in SIZES:
            found = _figures(live, trouble, width, *sizes)
            if len(found) <= wanted:
                break
    return [*found, *_log(said, width, height - len(found))][:height]


def _figures(
    live: Live, trouble: str | None, width: int, graph_rows: int, list_rows: int, shards: int
) -> Lines:
    gap = [Text()] if list_rows > 2 else []
    found = [
        *parts.header(live, trouble),
        *gap,
        *parts.rates(live, width, graph_rows),
        *parts.standing(live, width),
        *gap,
        *parts.processes(live, width, shards),
        *gap,
    ]
    if list_rows:
        found += [*_lists(live, width, list_rows), *gap]
    return [*found, *parts.database(live, width)]


def _lists(live: Live, width: int, rows: int) -> Lines:
    facts = live["facts"] or {"pending": {}, "quarantine": {}, "repos": {}}
    named = (("waited for", "pending"), ("refused", "quarantine"), ("repos", "repos"))
    if width >= WIDE:
        third = width // 3
        lists = [parts.counts(title, facts[key], third, rows) for title, key in named]
        return parts.beside(lists, third)
    return [row for title, key in named for row in parts.counts(title, facts[key], width, rows)]


def _log(said: Sequence[str], width: int, room: int) -> Lines:
    if not said or room < 2:
        return []
    shown = [parts.plain(DATE.sub("", text)) for text in said[-(room - 1) :]]
    styles = [_style(text) for text in shown]
    rule = parts.line(("─" * width, parts.SOFT))
    return [rule, *(parts.line(pair) for pair in zip(shown, styles, strict=True))]


def _style(text: str) -> str:
    levels = {"ERROR": parts.BAD, "CRITICAL": parts.BAD, "WARNING": parts.LATE}
    return next((style for level, style in levels.items() if f" {level} " in text[:40]), parts.SOFT)
