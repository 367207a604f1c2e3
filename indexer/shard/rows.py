"""Take rows away and put rows in, so that tables hold what live records say, whoever came first.

Three things can stand where a new row wants to go. The same row: it is a replay, nothing happens.
An older version of it, or one that a reader stored ahead of the firehose: it is replaced, and
counted once. Another live record that makes the same edge: of the two the one with the smaller URI
stays, the other waits in `duplicates` and is promoted when the first goes.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from asyncpg import Connection
from asyncpg import Record as Found

from indexer.database import load_query
from indexer.protocol.syntax import AtUri
from indexer.records import TABLES, record_of
from indexer.records.base import Columns, Table, post_counts
from indexer.shard import statements
from indexer.shard.batch import Deltas, Values

LOOK_THROUGH = load_query("look_through")
THROUGH = sorted({count.through for table in TABLES for count in table.counts if count.through})
UNSHELVE, WAITING = (load_query(f"{name}_duplicates") for name in ("unshelve", "waiting"))


class Rows:
    """The rows of one transaction. Notes what moved for counts and effects."""

    def __init__(self, connection: "Connection[Found]") -> None:
        self._connection = connection
        self.deltas = Deltas()
        self.born: list[str] = []  # URIs that appeared beside the batch's own: promoted
        self.gone: list[str] = []  # URIs that went beside the batch's own: displaced, not inserted
        self.replaced: list[str] = []  # URIs whose stored version was another
        self.removed: dict[Table, set[str]] = defaultdict(set)  # keys of rows that were there

    async def unshelve(self, uris: Iterable[str]) -> None:
        """Records that are about to be written wait for no edge any more: if they still do, they
        are shelved anew. Comes first: a version that is past must not be promoted."""
        if uris := list(uris):
            await self._connection.execute(UNSHELVE, uris)

    async def purge(
        self, stale: Mapping[Table, Iterable[str]], fresh: Mapping[Table, Iterable[Values]]
    ) -> None:
        """`stale` are keys, `fresh` what is going to be inserted."""
        freed: dict[Table, list[Found]] = {}
        for table in sorted(stale, key=lambda t: t.name):
            arguments = [sorted(set(stale[table]))]
            if isinstance(table, Columns):
                again = {row[table.index(table.key)] for row in fresh.get(table, ())}
                arguments.append([key for key in arguments[0] if key not in again])
            found = await self._remove(table, statements.purge(table), *arguments)
            if table.edge and found:
                freed[table] = found
        if freed:
            await self._promote(freed)

    async def insert(self, table: Table, rows: Sequence[Values]) -> None:
        key = table.index(table.key)
        wanting = {row[key]: row for row in rows}
        await self._put(table, wanting)
        if wanting and not isinstance(table, Columns):
            await self._replace_other_versions(table, wanting)
        if wanting and table.edge:
            await self._settle_edges(table, wanting)

    async def _put(self, table: Table, wanting: dict[str, Values]) -> None:
        """Insert what can be inserted, and leave in `wanting` what could not."""
        columns = list(zip(*wanting.values(), strict=True))
        put = [key for (key,) in await self._connection.fetch(statements.insert(table), *columns)]
        self.deltas.move(table, +1, [wanting.pop(key) for key in put], table.index)

    async def _replace_other_versions(self, table: Table, wanting: dict[str, Values]) -> None:
        found = await self._connection.fetch(statements.stored(table), sorted(wanting))
        stale: dict[str, Values] = {}
        stand: list[Values] = []
        for key, cid, rev, adopted, quiet in found:
            row = wanting.pop(key)
            if adopted and _same(table, row, cid, rev) and not (quiet and _is_news(table, row)):
                stand.append(row)
            else:
                stale[key] = row
        self.deltas.move(table, 0, stand, table.index)
        if stale:
            uris = [AtUri(row[table.index("uri")]) for row in stale.values()]
            owns = record_of(uris[0]).owns
            await self.purge({owned: [owned.key_of(uri) for uri in uris] for owned in owns}, {})
            self.replaced.extend(uris)
            wanting.update(stale)
        # Without an edge what stood in the way was stored by a reader, and has gone since.
        if stale or (wanting and not table.edge):
            await self._put(table, wanting)

    async def _settle_edges(self, table: Table, wanting: dict[str, Values]) -> None:
        """What still wants in stands before another record's edge, or stood."""
        edge = [table.index(column) for column in table.edge]
        held = await self._connection.fetch(
            statements.rivals(table), *([row[i] for row in wanting.values()] for i in edge)
        )
        holder = {tuple(found[2:]): found for found in held}
        winners: dict[tuple[Any, ...], Values] = {}
        for uri, row in sorted(wanting.items()):
            at = tuple(row[i] for i in edge)
            rival = holder.get(at)
            if at not in winners and (rival is None or not rival[1] or rival[0] > uri):
                winners[at] = row
        displaced = sorted(holder[at][0] for at in winners if at in holder)
        if displaced:
            await self._remove(table, statements.displace(table), displaced)
            self.gone.extend(displaced)
        if winners:
            put = {row[table.index("uri")]: row for row in winners.values()}
            await self._put(table, put)
            for row in winners.values():
                del wanting[row[table.index("uri")]]
        if wanting:
            columns = list(zip(*wanting.values(), strict=True))
            await self._connection.execute(statements.shelve(table), *columns)
            self.gone.extend(wanting)

    async def meet(self, table: Table, keys: Iterable[str]) -> list[str]:
        """Hold rows as they are, and meet whoever writes what their effects depend on. Returns the
        keys of those that are there: others have been written anew since."""
        found = await self._connection.fetch(statements.standing(table), sorted(keys))
        self.deltas.move(table, 0, found, str)
        return [row[table.key] for row in found]

    async def count(self) -> None:
        """Apply the differences. Where two shards meet, one waits here for the other.

        What is found by looking through other rows is looked for again behind the locks, until
        nothing is new: only now can those rows change no more without our being met.
        """
        await self._look_through()
        while folded := self.deltas.fold():
            for counters, arrays in folded:
                await self._connection.execute(statements.add(counters), *arrays)
            await self._look_through()

    async def _look_through(self) -> None:
        keys = [sorted(self.deltas.through[way]) for way in THROUGH]
        if any(keys):
            for (key,) in await self._connection.fetch(LOOK_THROUGH, *keys):
                self.deltas.meet(post_counts, key)

    async def _remove(self, table: Table, statement: str, *keys: Sequence[str]) -> list[Found]:
        found: list[Found] = await self._connection.fetch(statement, *keys)
        self.removed[table].update(row[table.key] for row in found)
        self.deltas.move(table, -1, [row for row in found if row["counted"]], str)
        return found

    async def _promote(self, freed: Mapping[Table, Sequence[Found]]) -> None:
        """Hardly any edge has somebody who waits for it, so all tables are asked about at once."""
        edges = [
            (table.name, *(row[column] for column in table.edge))
            for table, rows in freed.items()
            for row in rows
        ]
        wanted: dict[str, list[Found]] = defaultdict(list)
        for row in await self._connection.fetch(WAITING, *zip(*edges, strict=True)):
            wanted[row["kept_from"]].append(row)
        for table in freed:
            if rows := wanted[table.name]:
                ones, others = [row["one"] for row in rows], [row["other"] for row in rows]
                promoted = await self._connection.fetch(statements.promote(table), ones, others)
                self.deltas.move(table, +1, promoted, str)
                self.born.extend(row["uri"] for row in promoted)


def _is_news(table: Table, row: Values) -> bool:
    return table.news is not None and row[table.index(table.news)] is not None


def _same(table: Table, row: Values, cid: str | None, rev: str | None) -> bool:
    """Whether what is stored is what a row says, or comes from a later commit."""
    if "cid" in table.columns and row[table.index("cid")] != cid:
        return False
    return rev is None or row[table.index("commit_rev")] <= rev
