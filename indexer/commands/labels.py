"""What moderators do: say labels, take them back, look them up, say what they mean."""

import asyncio
import json
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from asyncpg import Pool, Record
from rich.table import Column, Table

from indexer import database, labels
from indexer.commands import label_definitions
from indexer.commands.base import console, fail, reached, read_settings, said_plainly
from indexer.config import Labels
from indexer.labels import Found, Wish
from indexer.protocol.label import Label, fields_of
from indexer.protocol.syntax import parse_datetime

T = TypeVar("T")
Doing = Callable[["Pool[Record]", Labels], Awaitable[T]]

app = typer.Typer(no_args_is_help=True, help="Say labels, take them back, look them up.")
app.add_typer(label_definitions.app, name="definitions")

Uri = Annotated[str | None, typer.Argument(metavar="[URI]", help="A DID or an at:// URI.")]
Value = Annotated[str | None, typer.Argument(metavar="[VALUE]")]
Cid = Annotated[str | None, typer.Option(help="Only this version of the record.")]
Exp = Annotated[str | None, typer.Option(help="When it ends, like 2030-01-31T00:00:00Z.")]
File = Annotated[
    Path | None,
    typer.Option("--file", "-f", help="Many: on each line a URI, a value, perhaps CID and end."),
]
AsJson = Annotated[bool, typer.Option("--json")]


@app.command(name="apply")
def apply_labels(
    uri: Uri = None,
    value: Value = None,
    cid: Cid = None,
    exp: Exp = None,
    file: File = None,
    as_json: AsJson = False,
) -> None:
    """Say labels of our own. What holds already is left as it is."""
    wishes = _wishes(uri, value, cid, exp, file)

    async def doing(pool: "Pool[Record]", settings: Labels) -> list[Label]:
        said: list[Label] = []
        for some in _portions(wishes):
            applied = await labels.apply(pool, labels.author_of(settings), some)
            said += [one.label for one in applied if one.changed]
        return said

    _show_said(_done(doing), as_json, "said", "all of it holds already")


@app.command(name="negate")
def negate_labels(
    uri: Uri = None, value: Value = None, file: File = None, as_json: AsJson = False
) -> None:
    """Take labels of our own back."""
    wishes = _wishes(uri, value, None, None, file)

    async def doing(pool: "Pool[Record]", settings: Labels) -> list[Label]:
        said: list[Label] = []
        for some in _portions(wishes):
            said += await labels.negate(pool, labels.author_of(settings), some)
        return said

    _show_said(_done(doing), as_json, "taken back", "none of it holds")


@app.command(name="remove")
def remove_labels(
    uri: Uri = None, value: Value = None, file: File = None, as_json: AsJson = False
) -> None:
    """Take labels of our own back, and keep no row of them."""
    wishes = _wishes(uri, value, None, None, file)

    async def doing(pool: "Pool[Record]", settings: Labels) -> int:
        author = labels.author_of(settings)
        return sum([await labels.remove(pool, author, some) for some in _portions(wishes)])

    gone = _done(doing)
    if as_json:
        print(json.dumps({"removed": gone}))
    else:
        console.print(f"{gone:,} removed")


@app.command(name="query")
def query_labels(
    subject: Annotated[
        list[str] | None, typer.Option(help="Of this URI, or of those that begin so: at://…*")
    ] = None,
    source: Annotated[list[str] | None, typer.Option(help="Said by this DID.")] = None,
    value: Annotated[list[str] | None, typer.Option(help="Of this value.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=labels.MOST)] = 50,
    as_json: AsJson = False,
) -> None:
    """Look up whatever was last said, by whomever, negations too."""

    async def doing(pool: "Pool[Record]", _: Labels) -> list[Found]:
        return await labels.query(
            pool, subjects=subject or (), sources=source or (), values=value or (), limit=limit
        )

    _show_found(_done(doing), as_json)


@app.command(name="active")
def active_labels(
    subjects: Annotated[list[str], typer.Argument(metavar="URI...")], as_json: AsJson = False
) -> None:
    """Look up which labels these have now."""

    async def doing(pool: "Pool[Record]", _: Labels) -> list[Found]:
        found = await labels.active(pool, subjects)
        return [label for held in found.values() for label in held]

    _show_found(_done(doing), as_json)


@app.command(name="resign")
def resign_labels() -> None:
    """Sign our labels with the key that is set now, as far as they are not."""

    async def doing(pool: "Pool[Record]", settings: Labels) -> int:
        return await labels.resign(pool, labels.author_of(settings))

    console.print(f"{_done(doing):,} signed")


@app.command(name="rewind")
def rewind_labeler(did: Annotated[str, typer.Argument(metavar="DID")]) -> None:
    """Read a labeler's stream from its beginning at the next connection."""

    async def doing(pool: "Pool[Record]", _: Labels) -> int:
        return await labels.rewind(pool, did)

    if not _done(doing):
        fail(f"no cursor of {did} is stored")
    console.print(f"{did} is read from its beginning at the next connection")


def _done(doing: Doing[T]) -> T:
    with said_plainly():
        config, _ = read_settings()
        with reached(config, existing=True) as (config, _):
            return asyncio.run(_with_pool(config.database.url, config.labels, doing))


async def _with_pool(url: str, settings: Labels, doing: Doing[T]) -> T:
    async with await database.open_pool(url, "indexer labels", 2) as pool:
        try:
            return await doing(pool, settings)
        except TimeoutError:
            fail("that took too long: ask for less")


def _wishes(
    uri: str | None, value: str | None, cid: str | None, exp: str | None, file: Path | None
) -> list[Wish]:
    if file is not None and uri is None:
        return list(_read(file))
    if uri is None or value is None or file is not None:
        fail("say which: a URI and a value, or --file")
    return [Wish(uri, value, cid, _time(exp, "--exp"))]


def _read(file: Path) -> Iterator[Wish]:
    """Lines that are empty or begin with # are passed over."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{file} cannot be read: {error}")
    for number, line in enumerate(lines, 1):
        match line.split():
            case [uri, value, *rest] if not uri.startswith("#") and len(rest) <= 2:
                cid, exp = [*rest, None, None][:2]
                yield Wish(uri, value, cid if cid != "-" else None, _time(exp, f"line {number}"))
            case [first, *_] if not first.startswith("#"):
                fail(f"{file}, line {number}: neither URI and value, nor with CID (or -) and end")


def _time(text: str | None, where: str) -> datetime | None:
    if text is None:
        return None
    if (time := parse_datetime(text)) is None:
        fail(f"{where}: {text!r} is no datetime, such as {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
    return time


def _portions(wishes: list[Wish]) -> Iterator[list[Wish]]:
    """Each is one transaction."""
    rest = iter(wishes)
    while some := list(islice(rest, labels.MOST_AT_ONCE)):
        yield some


def _show_said(said: list[Label], as_json: bool, word: str, nothing: str) -> None:
    if as_json:
        print(json.dumps([_json(fields_of(label.block), label.sig) for label in said], indent=2))
        return
    for label in said[:20]:
        console.print(f"{label.uri} {label.val}", highlight=False, soft_wrap=True)
    console.print(f"{len(said):,} {word}" if said else nothing)


def _show_found(found: list[Found], as_json: bool) -> None:
    if as_json:
        print(json.dumps([_json(label.fields, label.sig) for label in found], indent=2))
        return
    subject, source = (Column(name, overflow="fold") for name in ("subject", "source"))
    table = Table(subject, "value", source, "said", "")
    for label in found:
        said = f"{label.created_at:%Y-%m-%d %H:%M:%S}"
        table.add_row(label.subject, label.val, label.src, said, _state(label))
    console.print(table if found else "nothing")


def _state(label: Found) -> str:
    if label.neg:
        return "taken back"
    return f"until {label.exp:%Y-%m-%d %H:%M:%S}" if label.exp else ""


def _json(fields: dict[str, Any], sig: bytes | None) -> dict[str, Any]:
    """As the protocol spells it."""
    whole = fields if sig is None else fields | {"sig": sig}
    return {
        name: {"$bytes": b64encode(field).rstrip(b"=").decode()}
        if isinstance(field, bytes)
        else field
        for name, field in whole.items()
    }
