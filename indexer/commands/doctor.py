"""Look whether everything is as an indexer needs it."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from indexer.address import Address
from indexer.commands.base import console, reached, read_settings, said_plainly
from indexer.config import Config
from indexer.doctor import Finding, examine

MARKS = {"well": ("✓", "green"), "better": ("!", "yellow"), "wrong": ("✗", "bold red")}


def doctor(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Check machine, PostgreSQL, relay, directory and clock, and say what to do."""
    with said_plainly():
        config, address = read_settings()
        data_dir = None if config.database.url else Path(config.database.data_dir)
        with _reached(config, data_dir) as config:
            found = asyncio.run(_examine(config, address, data_dir, show=not as_json))
    if as_json:
        print(json.dumps([one._asdict() for one in found], indent=2))
    if any(one.level == "wrong" for one in found):
        raise typer.Exit(1)


@contextmanager
def _reached(config: Config, data_dir: Path | None) -> Iterator[Config]:
    """An embedded database that there is not yet is not made."""
    if data_dir is not None and not (data_dir / "postgres").is_dir():
        yield config
        return
    with reached(config) as (config, _):
        yield config


async def _examine(
    config: Config, address: Address, data_dir: Path | None, *, show: bool
) -> list[Finding]:
    found = []
    async for one in examine(config, address, data_dir):
        found.append(one)
        if show:
            console.print(_line(one), soft_wrap=True)
    return found


def _line(one: Finding) -> Text:
    mark, style = MARKS[one.level]
    line = Text(f"{mark} {one.about:<12} {one.found}", style="" if one.level == "well" else style)
    line.stylize(style, 0, 1)
    if one.advice:
        line.append(f"\n{'':15}{one.advice}", style="default")
    return line
