"""Two results beside each other: what differs, and whether by more than the runs do."""

from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from load.bench.show import told
from load.bench.summary import FIGURES

SAME = ("cpu", "cores", "memory", "kernel", "python", "postgres")


def compare(one: Path, other: Path) -> int:
    """The exit status: 1 when a file is no result."""
    console = Console()
    try:
        before, after = read(one), read(other)
    except ValueError as error:
        console.print(f"[bold red]{error}[/]")
        return 1
    for said in unlike(before, after):
        console.print(f"[yellow]not the same: {said}[/]")
    for label in before["summary"]:
        if label in after["summary"]:
            console.print(_table(label, before["summary"][label], after["summary"][label]))
    return 0


def read(file: Path) -> dict[str, Any]:
    """Raises ValueError when it cannot be read, or is no result."""
    try:
        result = orjson.loads(file.read_bytes())
    except OSError as error:
        raise ValueError(f"{file} cannot be read: {error.strerror}") from error
    except orjson.JSONDecodeError as error:
        raise ValueError(f"{file} is no JSON: {error}") from error
    if not isinstance(result, dict) or not {"summary", "machine", "plan"} <= result.keys():
        raise ValueError(f"{file} is no result of a bench")
    return result


def unlike(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """In what the conditions differ, which may be why the figures do."""
    pairs = {f"machine, {n}": (before["machine"].get(n), after["machine"].get(n)) for n in SAME}
    a, b = (one["machine"].get("postgres_settings", {}) for one in (before, after))
    pairs |= {f"PostgreSQL, {n}": (a.get(n), b.get(n)) for n in sorted(a.keys() | b.keys())}
    names = sorted(before["plan"].keys() | after["plan"].keys())
    pairs |= {f"plan, {n}": (before["plan"].get(n), after["plan"].get(n)) for n in names}
    return [f"{name}: {a} and {b}" for name, (a, b) in pairs.items() if a != b]


def verdict(a: dict[str, float], b: dict[str, float], more_is_better: bool) -> str:
    """Nothing where the runs of one overlap those of the other; two runs alone say nothing."""
    if a["low"] == a["high"] and b["low"] == b["high"]:
        return "one run each"
    if a["low"] <= b["high"] and b["low"] <= a["high"]:
        return ""
    return "better" if (b["median"] > a["median"]) == more_is_better else "worse"


def _table(label: str, before: dict[str, Any], after: dict[str, Any]) -> Table:
    table = Table("", "before", "after", "ratio", "beyond the spread", title=label)
    for column in table.columns[1:4]:
        column.justify = "right"
    for name, figure in FIGURES.items():
        a, b = before.get(name), after.get(name)
        if a and b:
            ratio = f"{b['median'] / a['median']:.3f}" if a["median"] else ""
            said = verdict(a, b, figure.more_is_better)
            table.add_row(figure.title, told(a, figure.digits), told(b, figure.digits), ratio, said)
    return table
