"""Look at what was refused."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from indexer import status
from indexer.commands.base import console, fail, reached, read_settings, said_plainly

HEX_COLUMNS = 64

app = typer.Typer(no_args_is_help=True, help="What was refused, and why.")


@app.command(name="list")
def list_quarantine(
    reason: Annotated[str | None, typer.Option(help="Only of this reason.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many, the newest.", min=1)] = 50,
) -> None:
    """List what was refused, the newest first."""
    with said_plainly():
        config, _ = read_settings()
        with reached(config, existing=True) as (config, _):
            rows = asyncio.run(status.list_quarantine(config.database.url, reason, limit))
    table = Table("id", "when", "reason", "seq", "whose", "what was wrong")
    for row in rows:
        whose = row["uri"] or row["did"] or ""
        when = f"{row['created_at']:%Y-%m-%d %H:%M:%S}"
        table.add_row(
            str(row["id"]), when, row["reason"], str(row["seq"] or ""), whose, row["detail"]
        )
    console.print(table if rows else "nothing")


@app.command(name="show")
def show_quarantine(
    number: Annotated[int, typer.Argument(metavar="ID")],
    raw: Annotated[
        Path | None, typer.Option(help="Write the frame, or else the record, to this file.")
    ] = None,
) -> None:
    """Show one thing that was refused, with its bytes."""
    with said_plainly():
        config, _ = read_settings()
        with reached(config, existing=True) as (config, _):
            row = asyncio.run(status.show_quarantine(config.database.url, number))
    if row is None:
        fail(f"nothing in quarantine has the id {number}")
    table = Table(show_header=False, box=None)
    for name, value in row.items():
        if isinstance(value, bytes):
            value = f"{len(value)} bytes, {value[:HEX_COLUMNS].hex()}…"
        table.add_row(name, str(value) if value is not None else "")
    console.print(table)
    if raw is not None:
        raw.write_bytes(row["frame"] or row["record"] or b"")
