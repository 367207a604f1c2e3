"""Show the settings."""

import json
from typing import Annotated

import typer
from rich.table import Table

from indexer import config as settings
from indexer.commands.base import console, fail, said_plainly
from indexer.config import Explained


def show_config(
    only: Annotated[
        str | None, typer.Argument(metavar="NAME", help="a section, a key or a variable")
    ] = None,
    changed: Annotated[bool, typer.Option("--changed", help="What is not as shipped.")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Show every setting: its value, where that comes from, and what it does."""
    with said_plainly():
        every = settings.explain()
    some = [one for one in every if _named(one, only) and (one.origin != "default" or not changed)]
    if not some and only is not None and not any(_named(one, only) for one in every):
        fail(f"no section, key or variable is called {only!r}")
    if as_json:
        print(json.dumps([one._asdict() for one in some], indent=2))
    else:
        console.print(_table(some) if some else "everything is as shipped")
    for name in settings.obsolete():
        typer.echo(f"{name} is set, and means nothing here", err=True)


def _named(one: Explained, name: str | None) -> bool:
    return name in (None, one.key, one.variable) or one.key.startswith(f"{name}.")


def _table(some: list[Explained]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in ("setting", "value", "from", "what it does"):
        table.add_column(column, overflow="fold", no_wrap=column == "setting")
    section = ""
    for one in some:
        if section and section != one.key.partition(".")[0]:
            table.add_row()
        section = one.key.partition(".")[0]
        table.add_row(one.key, _value(one), _origin(one), one.sentence)
    return table


def _value(one: Explained) -> str:
    """As the file would have it."""
    return json.dumps(one.value)


def _origin(one: Explained) -> str:
    """Of a default also the variable that would change it."""
    if one.origin == "default" and one.variable:
        return f"default ({one.variable})"
    return one.origin
