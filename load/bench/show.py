"""A result on the screen."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from load.bench.summary import FIGURES

MOST_WAITS = 6
LEAST_SHARE = 0.01


def show(console: Console, result: dict[str, Any]) -> None:
    about, summary = result["machine"], result["summary"]
    console.print(
        f"\n{about['cores']} cores, {about['cpu']}, PostgreSQL {about['postgres']},"
        f" {result['runs'][0]['rows_before']:,} rows before; {len(result['runs'])} runs"
    )
    table = Table("", *summary, box=None, padding=(0, 2))
    for column in table.columns[1:]:
        column.justify = "right"
    for name, figure in FIGURES.items():
        cells = [told(one.get(name), figure.digits) for one in summary.values()]
        if any(cells):
            table.add_row(figure.title, *cells)
    console.print(table)
    last = result["runs"][-1]
    _show_cpu(console, last)
    _show_waits(console, last)
    for name, one in last["flat"].items():
        if not one["flat"]:
            console.print(f"not flat: {name} from {one['before']:.1f} to {one['after']:.1f}")


def told(spread: dict[str, float] | None, digits: int) -> str:
    """The median, and how far the runs lie apart."""
    if spread is None:
        return ""
    middle = f"{spread['median']:,.{digits}f}"
    if spread["low"] == spread["high"]:
        return middle
    return f"{middle} ({spread['low']:,.{digits}f} to {spread['high']:,.{digits}f})"


def _show_cpu(console: Console, run: dict[str, Any]) -> None:
    table = Table("CPU of the last run", "µs/op", "cores", "peak MB", box=None, padding=(0, 2))
    for column in table.columns[1:]:
        column.justify = "right"
    for name, one in run["cpu"].items():
        if one["cores"] >= LEAST_SHARE:
            memory = run["memory_mb"].get(name)
            peak = f"{memory['peak']:.0f}" if memory else ""
            table.add_row(escape(name), f"{one['us_per_op']:.1f}", f"{one['cores']:.2f}", peak)
    console.print(table)


def _show_waits(console: Console, run: dict[str, Any]) -> None:
    waits = list(run["waits"].items())[:MOST_WAITS]
    said = ", ".join(f"{name} {share:.0%}" for name, share in waits)
    console.print(f"  The indexer's connections at work: {escape(said)}")
