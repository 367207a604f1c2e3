"""Take over a database of the older system."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from indexer import adopt as adopting
from indexer.adopt import Report
from indexer.commands.base import console, reached, read_settings, said_plainly

NEXT = (
    "next: `indexer audit` compares all counts, `indexer run` goes on from the cursor, and "
    "`indexer backfill --all` puts right what the older system missed or kept wrong: until it has, "
    "keep the schema adopted"
)
ROOM = (
    "the older tables, {size:,} MB, stand as they were in the schema older; when nobody misses "
    "them: DROP SCHEMA older CASCADE"
)


def adopt(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Do it, say what came of it, and take it back.")
    ] = False,
    same_relay: Annotated[
        bool, typer.Option("--same-relay", help="A cursor that names no host is of RELAY_URL.")
    ] = False,
) -> None:
    """Take over a database of the older system, in place.

    Its workers must be stopped; who only reads may go on until the last moment. It takes as much
    room again, also as a dry run, which stops nobody.
    """
    with said_plainly():
        config, address = read_settings()
        with reached(config, existing=True) as (config, _), _told() as told:
            begun = monotonic()
            relay = address.service if same_relay else None
            work = adopting.adopt(config.database.url, told, relay=relay, dry_run=dry_run)
            report = asyncio.run(work)
    if report is None:
        console.print("adopted already: nothing to do")
        return
    _show(report)
    if dry_run:
        console.print("a dry run: nothing has changed")
        return
    console.print(f"adopted in {monotonic() - begun:,.0f} s")
    _say(ROOM.format(size=report.found.bytes // 2**20))
    _say(NEXT)


@contextmanager
def _told() -> Iterator[Callable[[str, float], None]]:
    terminal = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn()
    bar = Progress(
        *columns,
        TimeElapsedColumn(),
        console=terminal,
        transient=True,
        disable=not terminal.is_terminal,
    )
    with bar:
        task = bar.add_task("", total=1.0)
        yield lambda what, done: bar.update(task, completed=done, description=what)


def _show(report: Report) -> None:
    table = Table("table", "before", "now ours", "duplicates", "aside", "made")
    for column in table.columns[1:]:
        column.justify = "right"
    for line in report.lines:
        carried = "follows" if line.carried is None else f"{line.carried:,}"
        table.add_row(
            line.table,
            f"{line.before:,}",
            carried,
            *(f"{number:,}" if number else "" for number in line[3:]),
        )
    console.print(table)
    for (name, reason), rows in sorted(report.reasons.items()):
        _say(f"aside, of {name}: {rows:,}, {reason}")
    if report.reasons:
        _say("what is aside stands, whole, in adopted.aside")
    for name, wrong in report.miscounted.items():
        _say(f"counted anew: {wrong:,} rows of {name} were wrong, or missing")
    for name in report.extras:
        _say(f"a column of others came along: {name}")
    for name in report.nameless:
        _say(f"the cursor {name!r} names no host: if it is of RELAY_URL, add --same-relay")
    for tie in report.found.ties:
        if tie.anew is None:
            _say(f"a foreign key would forbid deletions, and is taken off: {tie.name}")


def _say(text: str) -> None:
    console.print(text, highlight=False, soft_wrap=True)
