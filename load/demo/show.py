"""What the demo prints: tables of rows, queries worth copying, and what they find."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
from rich.columns import Columns
from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

QUERIES = tuple(
    (Path(__file__).parent / "queries" / f"{name}.sql").read_text()
    for name in ("most_liked", "inbox", "thread")
)

_TABLE_WIDTH = 38


def show_counts(console: Console, counts: Sequence[tuple[str, int]]) -> None:
    """Several tables beside one another, as there are many rows and few columns."""
    across = max(1, min(4, console.width // _TABLE_WIDTH))
    height = -(-len(counts) // across)
    parts = []
    for start in range(0, len(counts), height):
        table = Table("table", "rows", box=None, padding=(0, 2))
        table.columns[1].justify = "right"
        for name, rows in counts[start : start + height]:
            table.add_row(name, f"{rows:,}")
        parts.append(table)
    console.print(Columns(parts))


async def show_query(console: Console, connection: asyncpg.Connection, query: str) -> None:
    """Its first line is a comment that says what is asked."""
    title, _, statement = query.partition("\n")
    console.rule(title.removeprefix("-- "), align="left")
    console.print(Syntax(statement.strip(), "sql", background_color="default", word_wrap=True))
    rows = await connection.fetch(statement)
    console.print(_table(rows))


def _table(rows: Sequence[asyncpg.Record]) -> Table:
    """Where it is too wide for the screen, text is cut, and numbers are not."""
    table = Table(show_edge=False)
    for name, value in rows[0].items() if rows else ():
        number = isinstance(value, int)
        table.add_column(name, justify="right" if number else "left", no_wrap=number)
    for row in rows:
        cells = (_shown(value) for value in row.values())
        table.add_row(*(Text(cell, no_wrap=True, overflow="ellipsis") for cell in cells))
    return table


def _shown(value: Any) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.strftime("%d %b %H:%M")
        case _:
            return str(value)
