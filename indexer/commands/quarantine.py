"""Look at what was refused, and try it again."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress
from rich.table import Column, Table

from indexer import database, status
from indexer.commands.base import console, fail, reached, read_settings, said_plainly
from indexer.config import Config
from indexer.reasons import REASONS
from indexer.shard import retry
from indexer.shard.writer import Guard, make_writer

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
    whole = Column("whose", overflow="fold")  # to be copied
    table = Table("id", "when", "reason", "seq", whole, "what was wrong")
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
        if name == "reason":
            value = f"{value}: {REASONS.get(value, 'unknown to this version')}"
        if isinstance(value, bytes):
            value = f"{len(value)} bytes, {value[:HEX_COLUMNS].hex()}…"
        table.add_row(name, str(value) if value is not None else "")
    console.print(table)
    if raw is not None:
        raw.write_bytes(row["frame"] or row["record"] or b"")


@app.command(name="retry")
def retry_quarantine(
    numbers: Annotated[list[int] | None, typer.Argument(metavar="[ID]...")] = None,
    reason: Annotated[str | None, typer.Option(help="All of this reason.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All there is.")] = False,
) -> None:
    """Judge what was refused anew, and write what passes today; the rest stays, with its reason."""
    if (bool(numbers), reason is not None, every).count(True) != 1:
        fail("say which: ids, or --reason, or --all")
    with said_plainly():
        config, _ = read_settings()
        with reached(config, existing=True) as (config, _):
            outcomes, missing = asyncio.run(_retry(config, numbers, reason))
    console.print(", ".join(f"{n:,} {word}" for word, n in outcomes.items()) or "nothing")
    if missing:
        fail(f"nothing in quarantine has the id {', '.join(missing)}")


async def _retry(
    config: Config, numbers: list[int] | None, reason: str | None
) -> tuple[Counter[str], list[str]]:
    """How many came out how, and which ids there are not."""
    outcomes: Counter[str] = Counter()
    missing: list[str] = []
    async with await database.open_pool(
        config.database.url, "indexer retry", 2, synchronous_commit="on", settings=database.BY_KEY
    ) as pool:
        writer = make_writer(config, 0, pool, Guard())
        chosen = sorted(numbers) if numbers else await retry.ids(writer, reason)
        with Progress(console=console, transient=True) as progress:
            for number in progress.track(chosen, description="retrying"):
                outcome = await retry.retry(writer, number, config.relay.max_frame_bytes)
                if outcome is not None:
                    outcomes[outcome.word] += 1
                    console.print(f"{number}: {outcome.word}: {outcome.said}", soft_wrap=True)
                elif numbers:
                    missing.append(str(number))
    return outcomes, missing
