"""The parts of the display, each as lines of text: figures in, lines out. Pure.

`Live` is what the indexer's /live says. Words that came from elsewhere are shown without what could
move a cursor.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from indexer.terminal.amounts import count, duration, size
from indexer.terminal.graph import bar, graph

Live = Mapping[str, Any]
Lines = list[Text]

LABEL = 24  # columns beside a graph
SECONDS = 300
FULL = 0.9
MOST_REASONS = 4
SOFT, HEAD, BAD, LATE, GOOD = "dim", "bold", "bold red", "yellow", "green"
FIRST, SECOND, THIRD = "cyan", "magenta", "blue"


def plain(text: object) -> str:
    return "".join(c if c.isprintable() else "?" for c in str(text).expandtabs(4))


def line(*parts: tuple[str, str] | str) -> Text:
    return Text.assemble(*parts, no_wrap=True, overflow="ellipsis")


def header(live: Live, trouble: str | None) -> Lines:
    """`trouble`: why what is shown is old."""
    reasons = [trouble] if trouble else live["reasons"]
    state = (
        ("● no answer", BAD) if trouble else ("● not well", BAD) if reasons else ("● well", GOOD)
    )
    facts = (
        f"  up {duration(live['uptime_s'])}, pid {live['pid']}, cursor {live['cursor'] or 'none'}"
    )
    return [
        line(("indexer ", HEAD), state, (f"  {plain(live['source'])}", ""), (facts, SOFT)),
        *(line((f"  {plain(reason)}", BAD)) for reason in reasons[:MOST_REASONS]),
    ]


def rates(live: Live, width: int, rows: int) -> Lines:
    seconds = live["seconds"]
    drawn = (
        ("events/s", count(live["events_per_s"]), seconds["events"], count, FIRST),
        ("operations/s", count(live["ops_per_s"]), seconds["ops"], count, SECOND),
        ("lag", duration(live["lag_s"]), seconds["lag_s"], duration, THIRD),
    )
    found: Lines = []
    for name, now, values, written, style in drawn:
        most = written(max(values, default=0))
        labels = [f"{name:<13}{now:>10}"] + [f"{'':<13}{'≤ ' + most:>10}"] * (rows > 1)
        labels += [""] * (rows - len(labels))
        for label, dots in zip(labels, graph(values, width - LABEL, rows, SECONDS), strict=True):
            soft = SOFT if label is not labels[0] else ""
            found.append(line((f"{label:<{LABEL}}", soft), (dots, style)))
    return [*found, line((f"{'':<{LABEL}}", ""), (_axis(width - LABEL), SOFT))]


def standing(live: Live, width: int) -> Lines:
    latency, behind = live["latency"], live["catching_up"]
    where: tuple[str, str] = (f"{duration(live['behind_s'])} behind the source", "")
    if live["finite"]:
        where = ("reads a file", "")
    elif behind and behind["left_s"] is None:
        where = (f"{where[0]}, and not catching up", LATE)
    elif behind:
        where = (f"{where[0]}, caught up in {duration(behind['left_s'])}", LATE)
        where = (f"{where[0]} at {behind['speed']:g} times its speed", LATE)
    if latency["p50_s"] is None:
        return [line(where)]
    quick = f"receipt to commit {duration(latency['p50_s'])}"
    quick = f"{quick}, 99 of 100 in {duration(latency['p99_s'])}"
    if len(where[0]) + len(quick) + 3 > width:
        return [line(where), line((quick, SOFT))]
    return [line(where, (f"   {quick}", SOFT))]


def processes(live: Live, width: int, most: int) -> Lines:
    """As many shards as `most`; the rest are counted."""
    wide = _gauge_width(width)
    titles = "".join(f"{name:<{wide + 11}}" for name in ("queue", "batch", "in hand"))
    found = [
        line((f"{'process':<12}{titles}{'events/s':>8}{'ops/s':>8}{'CPU':>6}{'memory':>8}", SOFT))
    ]
    found += [_shard(shard, wide) for shard in live["shards"][:most]]
    if len(live["shards"]) > most:
        found.append(line((f"… and {len(live['shards']) - most} more", SOFT)))
    idle = " " * (3 * (wide + 11) + 16)
    coordinator = live["coordinator"]
    return [*found, line(_named(coordinator), (idle, ""), _used(coordinator))]


def counts(title: str, found: Mapping[str, int], width: int, most: int) -> Lines:
    """The largest first, as many as `most`; the rest are summed."""
    ordered = sorted(found.items(), key=lambda pair: -pair[1])
    if len(ordered) > most:
        rest = ordered[most - 1 :]
        ordered = [*ordered[: most - 1], (f"{len(rest)} others", sum(n for _, n in rest))]
    largest = max((n for _, n in ordered), default=1)
    bar_width = width // 2 - 12 if width >= 36 else 0
    name_width = max(1, width - bar_width - 12)
    lines = [line((f"{title:<{width}}", SOFT))]
    for name, n in ordered:
        shown = _cut(plain(name), name_width - 1)
        filled = bar(n, largest, bar_width) if bar_width else ""
        lines.append(line(f"{shown:<{name_width}}{count(n):>9} ", (filled, FIRST), "  "))
    return lines if ordered else [*lines, line((f"{'none':<{width}}", SOFT))]


def database(live: Live, width: int) -> Lines:
    facts, daily = live["facts"], live["growth_per_day"]
    if not facts:
        return [line(("database  PostgreSQL was not asked yet", SOFT))]
    grows = (
        "" if daily is None else f", {'+' if daily >= 0 else ''}{size(daily)} a day at this rate"
    )
    said = f"database  {size(facts['bytes'])}{grows}  "
    values = live["minutes"]["bytes"]
    room = width - len(said) - 10
    if len(values) < 3 or room < 10:
        return [line(said)]
    low = min(values)
    columns = min(room, (len(values) + 1) // 2)
    dots = graph([value - low for value in values], columns, 1)[0]
    return [line(said, (dots, FIRST), (" last hour", SOFT))]


def beside(columns: Sequence[Lines], width: int) -> Lines:
    """Columns of equal width as lines."""
    tall = max(map(len, columns))
    blank = line(" " * width)
    rows = [[column[n] if n < len(column) else blank for column in columns] for n in range(tall)]
    return [Text.assemble(*row, no_wrap=True, overflow="ellipsis") for row in rows]


def _cut(name: str, width: int) -> str:
    """Of a collection the end says most, of anything else the beginning."""
    if len(name) <= width or "." not in name:
        return name[: max(0, width)]
    return f"…{name[len(name) - width + 1 :]}" if width > 1 else ""


def _axis(width: int) -> str:
    return f"5 minutes ago{'now':>{max(4, width - 13)}}"


def _gauge_width(width: int) -> int:
    """Of the bar alone; none at all where there is hardly room for the figures."""
    wide = (width - 75) // 3
    return wide if wide >= 3 else 0


def _shard(shard: Live, wide: int) -> Text:
    batch = shard.get("batch_events")
    gauges = (
        (shard["queue_depth"], shard["queue_capacity"], None),
        (batch or 0, shard["batch_capacity"], "-" if batch is None else None),
        (shard["unacked_frames"], shard["unacked_capacity"], None),
    )
    parts: list[tuple[str, str]] = []
    for value, capacity, said in gauges:
        style = LATE if value > capacity * FULL else FIRST
        filled = bar(value, capacity, wide).rstrip() if wide else ""
        said = f"{' ' * bool(wide)}{said or f'{value:.0f}/{capacity}'}"
        parts += [(filled, style), ("░" * (wide - len(filled)), SOFT), (f"{said:<11}", "")]
    speed = f"{shard['events_per_s']:>8,.0f}{shard['ops_per_s']:>8,.0f}"
    return line(_named(shard), *parts, (speed, ""), _used(shard))


def _named(place: Live) -> tuple[str, str]:
    return (f"{place['name']:<12}", "")


def _used(place: Live) -> tuple[str, str]:
    if place["state"] != "running":
        return (f"{place['state']:>14}", BAD)
    cpu = place.get("cpu")
    used = "-" if cpu is None else f"{cpu:.0%}"
    return (f"{used:>6}{size(place.get('memory_bytes')):>8}", "")
