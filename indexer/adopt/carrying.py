"""The older tables, read into ours: `sql/adopt/` in its order, then the keys, then what follows
from rows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import asyncpg
from asyncpg import Connection, Record

from indexer.adopt import cursors, statements, views
from indexer.adopt.blobs import blob_cid
from indexer.adopt.cursors import Cursor
from indexer.adopt.files import load, numbered
from indexer.adopt.found import Found
from indexer.adopt.labels import block_of
from indexer.adopt.older import OLDER, Older
from indexer.adopt.report import Report
from indexer.audit.statements import COUNTERS
from indexer.database import DatabaseRefused, lost
from indexer.database.indexes import Index, indexes_of
from indexer.records import TABLES

READING, CARRY, FOLLOW = numbered("0"), numbered("123"), numbered("4")
AT_ONCE = 5000  # rows that are read in Python
EDGES = {f"{table.name}_edge": table for table in TABLES if table.edge}
Told = Callable[[str, float], None]
"""What is being done, and how much is done, up to 1."""


@dataclass(slots=True)
class Carrying:
    """Within a transaction, whose search path leads to empty tables of ours."""

    connection: "Connection[Record]"
    found: Found
    relay: str | None  # what a cursor is of that names no host
    told: Told
    report: Report = field(init=False)
    made: dict[str, int] = field(default_factory=dict)
    _done: int = 0

    def __post_init__(self) -> None:
        self.report = Report(self.found)

    async def carry(self) -> None:
        await self._open_views()
        extras = await self._add_extras()
        taken = await self._without_keys()
        for name, text in CARRY.items():
            await self._run(name, text, self._weight(name))
            if name == "said":
                await self._blocks()
        for table in self.found.tables:
            await self._set_aside(table)
        for statement in extras:
            await self._run("columns of others", statement)
        await self._with_keys(taken)
        await self._cursors()
        await self._follow()

    async def _open_views(self) -> None:
        await self._run("views", READING["reading"])
        for table in OLDER:
            types = self.found.types.get(table.name)
            view = (
                views.nothing(table) if types is None else views.view(self.found.home, table, types)
            )
            await self._run("views", view)
        await self._run("views", READING["passed"])
        await self._blobs()

    async def _blobs(self) -> None:
        """Those that are no CID as they are written."""
        columns = [
            (table.name, column.name)
            for table in self.found.tables
            for column in table.columns
            if column.type == "blob" and column.name in self.found.types[table.name]
        ]
        if not columns:
            return
        self.told("blobs", self._share())
        written = statements.written_blobs(self.found.home, columns)
        # The driver's own cursors stay open, and a table that is read by one cannot be moved.
        await self._run("blobs", f"DECLARE written NO SCROLL CURSOR FOR {written}")
        while rows := await self.connection.fetch(f"FETCH {AT_ONCE} FROM written"):
            await self.connection.copy_records_to_table(
                "blobs", schema_name="older", records=[(text, blob_cid(text)) for (text,) in rows]
            )
        await self._run("blobs", "CLOSE written")
        await self._run("blobs", "ANALYZE older.blobs")
        for name, column in columns:
            aside = statements.set_blobs_aside(self.found.home, views.by_name(name), column)
            await self._run("blobs", aside)

    async def _blocks(self) -> None:
        await self._run("labels", f"DECLARE spoken NO SCROLL CURSOR FOR {load('spoken')}")
        while rows := await self.connection.fetch(f"FETCH {AT_ONCE} FROM spoken"):
            made = [(key, block) for key, *said in rows if (block := block_of(*said))]
            await self.connection.copy_records_to_table("signed", schema_name="older", records=made)
        await self._run("labels", "CLOSE spoken")

    async def _add_extras(self) -> list[str]:
        """Makes room for columns of others. Returns the statements that fill them."""
        ours = await self.connection.fetch(
            load("columns"), "adopting", [table.ours for table in self.found.tables]
        )
        known = {(row["table_name"], row["column_name"]) for row in ours}
        filling = []
        for table in self.found.tables:
            extras = {
                name: type
                for name, type in self.found.extras(table).items()
                if table.ours is not None and (table.ours, name) not in known
            }
            for name, type in extras.items():
                await self._run(
                    "columns of others", statements.add_extra(table.ours or "", name, type)
                )
            if extras:
                filling.append(statements.carry_extras(self.found.home, table, extras))
                self.report.extras += [f"{table.ours}.{name}" for name in extras]
        return filling

    async def _without_keys(self) -> list[Index]:
        tables = [name for table in OLDER if (name := table.ours) and name != "firehose_cursor"]
        taken = await indexes_of(self.connection, tables)
        for index in taken:
            await self._run("keys", index.without)
        for name in ("labels", "notifications"):  # they tell of what is new
            await self._run("triggers", f"ALTER TABLE {name} DISABLE TRIGGER USER")
        return taken

    async def _with_keys(self, taken: Iterable[Index]) -> None:
        last: list[Index] = []
        for index in taken:
            if index.name in EDGES:
                last.append(index)
            else:
                await self._run(
                    f"keys of {index.table}", index.anew, self._weight(index.table) // 4
                )
        for index in last:
            table = EDGES[index.name]
            if (table.name, tuple(sorted(table.edge))) not in self.found.unique:
                await self._run(f"edges of {table.name}", statements.displace(table))
            await self._run(f"keys of {table.name}", index.anew, self._weight(table.name) // 4)

    async def _set_aside(self, table: Older) -> None:
        """To ask again why of each row costs as much as to carry it: only where one is missing."""
        if table.ours is None:
            return
        counting = statements.are_as_many(self.found.home, table)
        if not await self.connection.fetchval(counting):
            await self._run(f"{table.name}, the rest", statements.set_aside(table))

    async def _cursors(self) -> None:
        rows = await self.connection.fetch(load("cursors"))
        named = cursors.renamed((Cursor(*row) for row in rows), self.relay)
        kept = cursors.furthest_back(named)
        await self.connection.executemany(
            load("keep_cursor"),
            [(service, *cursor[1:]) for service, cursor in kept.items()],
        )
        others = sorted({cursor.service for cursor in named} - {c.service for c in kept.values()})
        await self.connection.execute(load("cursors_aside"), others)
        self.report.nameless = cursors.nameless(named) if self.relay is None else []

    async def _follow(self) -> None:
        await self._run("quotes", FOLLOW["quotes"], self._weight("quotes"))
        for counters in COUNTERS:
            counting = statements.count(counters)
            await self._run(f"counts in {counters.name}", counting, self._weight("likes"))
            if counters.name in self.found.types:
                wrong = await self.connection.fetchval(statements.miscounted(counters))
                self.report.miscounted[counters.name] = wrong
        before = await self.connection.fetchval("SELECT count(*) FROM users")
        await self._run("people", FOLLOW["people"], self._weight("users"))
        after = await self.connection.fetchval("SELECT count(*) FROM users")
        self.made["users"] = after - before
        await self._run("handles", FOLLOW["handles"], self._weight("users"))
        await self._run("gates", "ANALYZE posts; ANALYZE quotes; ANALYZE thread_gates")
        await self._run("gates", FOLLOW["verdicts"], self._weight("thread_gates"))
        notices = self._weight("notifications")
        await self._run("notices", statements.set_notices_aside(), notices)
        for name in ("labels", "notifications"):
            await self._run("triggers", f"ALTER TABLE {name} ENABLE TRIGGER USER")

    def _weight(self, table: str) -> int:
        return 1 + max(0, self.found.pages.get(table, 0))

    def _share(self) -> float:
        """To carry a row takes about as long as its keys do, and as what follows from it."""
        whole = 3 * sum(self._weight(table.name) for table in self.found.tables if table.ours)
        return min(0.99, self._done / whole)

    async def _run(self, what: str, statement: str, weight: int = 0) -> None:
        self.told(what, self._share())
        try:
            await self.connection.execute(statement)
        except asyncpg.PostgresError as error:
            if lost(error):
                raise
            said = " ".join(str(error).split())
            raise DatabaseRefused(f"{what}: {said} The database is as it was") from error
        self._done += weight
