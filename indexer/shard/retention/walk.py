"""The walk over all content: some pages at a time, of which what has grown too old is taken away.

No index tells what is old: it would cost every insert. How far a walk has come is stored with what
it took away, so that whoever stops is followed by one who goes on from there, and two who walk at
the same time help one another. Rows that move while it walks are met by the next.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise, takewhile
from typing import NamedTuple

from asyncpg import Pool
from asyncpg import Record as Found

from indexer import metrics
from indexer.database import load_query
from indexer.protocol.age import Horizon, horizon_at
from indexer.protocol.syntax import is_did
from indexer.shard.patience import patiently
from indexer.shard.retention.places import PLACES
from indexer.shard.writer import Writer

BEGIN, UNDER_WAY, TURN = (
    load_query(name) for name in ("begin_retention_pass", "retention_pass", "turn_retention_pass")
)
PAGES_OF = load_query("pages_of")
FEWEST_PAGES, MOST_PAGES = 32, 2048  # to look at; fewer where something is found
ROWS_AT_ONCE = 500  # that go in one transaction
NAMED = {place.table: place for place in PLACES}
FOLLOWING = {place.table: after.table for place, after in pairwise(PLACES)}


@dataclass(frozen=True, slots=True)
class Walk:
    """A row of `retention_passes`."""

    number: int
    horizon: datetime
    place: str
    page: int
    removed: int
    began: datetime
    stride: int  # how many pages to look at next; not stored
    ended: datetime | None = None


class Preview(NamedTuple):
    """What of a table a walk would take away, and what it would leave to protected accounts, in the
    pages before this one."""

    table: str
    page: int
    going: int
    staying: int


async def begin(pool: "Pool[Found]", horizon: Horizon, every: timedelta) -> Walk | None:
    """The walk that is under way, or a new one if the last began so long ago. It takes nothing
    that is kept by now, should that be more than it was when it began."""
    await pool.execute(BEGIN, horizon.time, PLACES[0].table, every)
    if (row := await pool.fetchrow(UNDER_WAY)) is None:
        return None
    walk = Walk(**row, stride=FEWEST_PAGES)
    return replace(walk, horizon=min(walk.horizon, horizon.time))


async def step(writer: Writer, walk: Walk) -> Walk:
    """Some pages further, or some rows of these. Who repeats it finds nothing left."""
    place, pages = NAMED[walk.place], await writer.pool.fetchval(PAGES_OF, walk.place)
    last = min(walk.page + walk.stride, pages)
    found = await writer.pool.fetch(
        place.find, *horizon_at(walk.horizon), (walk.page, 0), (last, 0), ROWS_AT_ONCE
    )
    further = (place.table, last) if last < pages else (FOLLOWING.get(place.table), 0)
    if len(found) == ROWS_AT_ONCE:  # there may be more
        further = (place.table, walk.page)
    remove = partial(_remove, writer, walk, [uri for (uri,) in found], further)
    here = not found and further[0] == place.table
    stride = min(2 * walk.stride, MOST_PAGES) if here else FEWEST_PAGES
    return replace(await patiently(remove), stride=stride)


async def _remove(
    writer: Writer, walk: Walk, uris: Sequence[str], further: tuple[str | None, int]
) -> Walk:
    place, horizon = NAMED[walk.place], horizon_at(walk.horizon)
    authors = _authors(uris) if place.holds_content else ()
    async with writer.transaction(authors) as known:
        gone = await place.remove(known, uris, horizon) if uris else 0
        row = await known.connection.fetchrow(
            TURN, walk.number, walk.place, walk.page, *further, gone
        )
    metrics.GREW_TOO_OLD.labels(place.table).inc(gone)
    return replace(walk, **row)


def _authors(uris: Iterable[str]) -> set[str]:
    """Whose repos those are; a reader may have stored a URI that is none."""
    return {did for uri in uris if is_did(did := uri.removeprefix("at://").partition("/")[0])}


async def preview(pool: "Pool[Found]", horizon: Horizon) -> AsyncIterator[Preview]:
    """Table after table, how it adds up."""
    for place in PLACES:
        if place.preview is None:
            continue
        pages, going, old = await pool.fetchval(PAGES_OF, place.table), 0, 0
        for first in range(0, max(1, pages), MOST_PAGES):
            last = first + MOST_PAGES
            row = await pool.fetchrow(place.preview, *horizon, (first, 0), (last, 0))
            going, old = going + row["going"], old + row["old"]
            yield Preview(place.table, last, going, old - going)


async def sizes(pool: "Pool[Found]") -> dict[str, int]:
    """How many pages each place has, in the order of the walk."""
    return {place.table: await pool.fetchval(PAGES_OF, place.table) for place in PLACES}


def pages_before(table: str, page: int, sizes: Mapping[str, int]) -> int:
    """How many a walk has behind it that is there."""
    return sum(sizes[name] for name in takewhile(table.__ne__, sizes)) + min(page, sizes[table])
