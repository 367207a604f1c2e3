"""Compare counts, and most else that is derived and stored, with the rows they come from."""

import asyncio
import json
from time import monotonic
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from indexer.audit import Sample, Tally, audit, read_sample
from indexer.commands.base import console, reached, read_settings, said_plainly


def show_audit(
    sample: Annotated[
        Sample | None,
        typer.Option(parser=read_sample, metavar="N|N%", help="Only so many keys of each table."),
    ] = None,
    repair: Annotated[bool, typer.Option("--repair", help="Mend what differs.")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Recount everything from its rows, also while the indexer runs.

    The exit code is 0 when nothing differs, or all that did is mended, and 1 when something does.
    """
    with said_plainly():
        config, _ = read_settings()
        with reached(config, existing=True) as (config, _):
            begun = monotonic()
            tallies = asyncio.run(_audited(config.database.url, sample, repair))
    if as_json:
        print(json.dumps(_report(tallies, monotonic() - begun), indent=2))
    else:
        _show(tallies, repair)
    if any(tally.left for tally in tallies):
        raise typer.Exit(1)


async def _audited(url: str, sample: Sample | None, repair: bool) -> list[Tally]:
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn()
    terminal = Console(stderr=True)
    bar = Progress(
        *columns,
        TimeElapsedColumn(),
        console=terminal,
        transient=True,
        disable=not terminal.is_terminal,
    )
    tallies: list[Tally] = []
    with bar:
        task = bar.add_task("", total=1.0)
        async for step in audit(url, sample, repair=repair):
            bar.update(task, completed=step.done, description=step.table)
            tallies = step.tallies
    return tallies


def _report(tallies: list[Tally], seconds: float) -> dict[str, Any]:
    return {
        "seconds": round(seconds, 3),
        "drifted": sum(tally.drifted for tally in tallies),
        "mended": sum(tally.mended for tally in tallies),
        "columns": [
            {
                "table": tally.table,
                "column": tally.column,
                "compared": tally.compared,
                "drifted": tally.drifted,
                "mended": tally.mended,
                "examples": [example._asdict() for example in tally.examples],
            }
            for tally in tallies
        ],
    }


def _show(tallies: list[Tally], repair: bool) -> None:
    table = Table("table", "column", "compared", "differ", *(["mended"] if repair else []))
    for column in table.columns[2:]:
        column.justify = "right"
    for tally in tallies:
        numbers = [tally.compared, tally.drifted, *([tally.mended] if repair else [])]
        table.add_row(tally.table, tally.column, *(f"{number:,}" for number in numbers))
    console.print(table)
    for tally in tallies:
        for key, stored, due in tally.examples:
            said = f"{tally.table}.{tally.column} of {key}: {stored}, should be {due}"
            console.print(said, markup=False, highlight=False, soft_wrap=True)
    console.print(_verdict(sum(t.drifted for t in tallies), sum(t.left for t in tallies), repair))


def _verdict(drifted: int, left: int, repair: bool) -> str:
    if not drifted:
        return "nothing differs"
    if not repair:
        return f"{drifted:,} differ; --repair mends what can be mended"
    return (
        f"{drifted:,} differed, {left:,} still do" if left else f"{drifted:,} differed, all mended"
    )
