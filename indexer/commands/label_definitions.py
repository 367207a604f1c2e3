"""What label values mean: ours to say, and all to look up."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import orjson
import typer
from asyncpg import Pool, Record
from rich.table import Table

from indexer import database, labels
from indexer.commands.base import console, fail, reached, read_settings, said_plainly

Rows = list[dict[str, Any]]

app = typer.Typer(no_args_is_help=True, help="Say what label values mean.")

Value = Annotated[str, typer.Argument(metavar="VALUE")]
Description = Annotated[str | None, typer.Option(help="What it means, in a sentence.")]
Severity = Annotated[str | None, typer.Option(metavar="info|warn|alert|none")]
Localized = Annotated[
    str | None, typer.Option(help='JSON: [{"lang": "en", "name": "…", "description": "…"}].')
]
AsJson = Annotated[bool, typer.Option("--json")]


@app.command(name="create")
def create(
    value: Value,
    description: Description = None,
    severity: Severity = None,
    localized: Localized = None,
) -> None:
    """Define a value. It goes before what labelers say of it."""
    strings = _strings(localized)

    async def doing(pool: "Pool[Record]") -> Rows:
        await labels.define(
            pool, value, description=description, severity=severity, localized=strings
        )
        return await labels.definitions(pool, [value])

    _show(_done(doing), as_json=False)


@app.command(name="update")
def update(
    value: Value,
    description: Description = None,
    severity: Severity = None,
    localized: Localized = None,
) -> None:
    """Change a definition of ours. What is not named stays as it is."""
    strings = _strings(localized)

    async def doing(pool: "Pool[Record]") -> Rows:
        await labels.redefine(
            pool, value, description=description, severity=severity, localized=strings
        )
        return await labels.definitions(pool, [value])

    _show(_done(doing), as_json=False)


@app.command(name="list")
def list_definitions(
    values: Annotated[list[str] | None, typer.Argument(metavar="[VALUE]...")] = None,
    as_json: AsJson = False,
) -> None:
    """List what values mean, ours and labelers', or some of them."""

    async def doing(pool: "Pool[Record]") -> Rows:
        return await labels.definitions(pool, values or None)

    _show(_done(doing), as_json)


def _done(doing: Callable[["Pool[Record]"], Awaitable[Rows]]) -> Rows:
    with said_plainly():
        config, _ = read_settings()
        with reached(config, existing=True) as (config, _):
            return asyncio.run(_with_pool(config.database.url, doing))


async def _with_pool(url: str, doing: Callable[["Pool[Record]"], Awaitable[Rows]]) -> Rows:
    async with await database.open_pool(url, "indexer labels", 1) as pool:
        return await doing(pool)


def _strings(text: str | None) -> list[Any] | None:
    if text is None:
        return None
    try:
        strings = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        fail(f"--localized is no JSON: {error}")
    if not isinstance(strings, list):
        fail("--localized is no JSON list")
    return strings


def _show(rows: Rows, as_json: bool) -> None:
    if as_json:
        print(json.dumps(rows, indent=2, default=str))
        return
    table = Table("value", "severity", "description", "languages")
    for row in rows:
        strings = row["localized_strings"]
        named = [one.get("lang", "?") for one in strings or [] if isinstance(one, dict)]
        languages = " ".join(map(str, named))
        table.add_row(row["value"], row["severity"], row["description"] or "", languages)
    console.print(table if rows else "nothing")
