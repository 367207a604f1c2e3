"""What our moderators say: labels of our own, said, taken back and removed.

All of a call is one transaction, its events among it. Our writers take turns, in whatever process
they are, so that of one label the later one always has the later time: two in one millisecond would
be one too many.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from asyncpg import Connection, Pool, Record

from indexer.database import load_query
from indexer.labels.author import Author, Unable
from indexer.labels.store import put
from indexer.protocol.errors import Invalid
from indexer.protocol.label import Label, fields_of, key_of, make_label, read_label
from indexer.protocol.syntax import parse_datetime

MOST_AT_ONCE = 1000
MILLISECOND = timedelta(milliseconds=1)

SAID, DROP = load_query("said_labels"), load_query("drop_labels")
TAKE_TURNS = "SELECT pg_advisory_xact_lock(1279345228)"  # any number; nothing else of ours takes it


class Wish(NamedTuple):
    uri: str
    val: str
    cid: str | None = None
    exp: datetime | None = None


class Said(NamedTuple):
    label: Label
    changed: bool  # False: it held already, just so


class Before(NamedTuple):
    """What was said of one label before."""

    label: Label
    stands: bool
    holds: bool


async def apply(pool: "Pool[Record]", author: Author, wishes: Sequence[Wish]) -> list[Said]:
    """Raises `Unable`, and has done nothing then."""
    _check_number(wishes)
    async with pool.acquire() as connection, connection.transaction():
        before = await _before(connection, author, wishes)
        said = [_applied(author, wish, before) for wish in wishes]
        await put(connection, [one.label for one in said if one.changed])
    return said


async def negate(pool: "Pool[Record]", author: Author, wishes: Sequence[Wish]) -> list[Label]:
    """The negations, of those labels that hold. Raises `Unable`."""
    _check_number(wishes)
    async with pool.acquire() as connection, connection.transaction():
        return await _negate(connection, author, wishes)


async def remove(pool: "Pool[Record]", author: Author, wishes: Sequence[Wish]) -> int:
    """How many rows went. Those that hold are taken back first: subscribers know nothing else."""
    _check_number(wishes)
    async with pool.acquire() as connection, connection.transaction():
        await _negate(connection, author, wishes)
        return len(await connection.fetch(DROP, _keys(author, wishes)))


async def _negate(
    connection: "Connection[Record]", author: Author, wishes: Sequence[Wish]
) -> list[Label]:
    before = await _before(connection, author, wishes)
    held = {key: one for key, one in before.items() if one.holds}
    negations = [_made(author, Wish(*_identity(one.label)), one, neg=True) for one in held.values()]
    await put(connection, negations)
    return negations


def _applied(author: Author, wish: Wish, before: Mapping[str, Before]) -> Said:
    last = before.get(key_of(author.did, wish.uri, wish.val))
    if last and last.holds and (last.label.cid, last.label.exp) == (wish.cid, _rounded(wish.exp)):
        return Said(last.label, changed=False)
    return Said(_made(author, wish, last, neg=False), changed=True)


def _made(author: Author, wish: Wish, last: Before | None, *, neg: bool) -> Label:
    now = datetime.now(UTC)
    if wish.exp is not None and wish.exp <= now:
        raise Unable(f"exp: {wish.exp:%Y-%m-%d %H:%M:%S} is past")
    cts = _rounded(now) or now
    if last is not None and last.label.cts >= cts:
        cts = last.label.cts + MILLISECOND
    uri, val, cid, exp = wish
    try:
        label = make_label(author.did, uri, val, cts, neg=neg, cid=cid, exp=exp)
    except Invalid as error:
        raise Unable(error.detail) from None
    return author.signer.sign(label) if author.signer else label


async def _before(
    connection: "Connection[Record]", author: Author, wishes: Iterable[Wish]
) -> dict[str, Before]:
    await connection.execute(TAKE_TURNS)
    found = await connection.fetch(SAID, _keys(author, wishes))
    return {
        row["uri"]: Before(
            read_label({**fields_of(row["block"]), "sig": row["sig"]}), row["stands"], row["holds"]
        )
        for row in found
    }


def _keys(author: Author, wishes: Iterable[Wish]) -> list[str]:
    return sorted({key_of(author.did, wish.uri, wish.val) for wish in wishes})


def _identity(label: Label) -> tuple[str, str]:
    return label.uri, label.val


def _rounded(time: datetime | None) -> datetime | None:
    """To the millisecond, as it is spelled."""
    return time and time.replace(microsecond=time.microsecond // 1000 * 1000)


def _check_number(wishes: Sequence[Wish]) -> None:
    if len(wishes) > MOST_AT_ONCE:
        raise Unable(f"{len(wishes)} labels at once, where {MOST_AT_ONCE} may be")


def read_wish(value: object) -> Wish:
    """Of JSON: `uri`, `val`, `cid` and `exp`. Raises `Unable`."""
    match value:
        case {"uri": str(uri), "val": str(val), **rest}:
            cid, exp = rest.get("cid"), rest.get("exp")
        case _:
            raise Unable("a label is an object with uri and val, and perhaps cid and exp")
    if not isinstance(cid, str | None):
        raise Unable("cid: no text")
    if exp is None:
        return Wish(uri, val, cid)
    if (time := parse_datetime(exp)) is None:
        raise Unable("exp: no datetime, such as 2030-01-31T00:00:00Z")
    return Wish(uri, val, cid, time)
