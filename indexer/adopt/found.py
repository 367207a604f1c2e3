"""What stands in a database, and whether it is one of the older system."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from asyncpg import Connection, Record

from indexer.adopt import views
from indexer.adopt.files import load
from indexer.adopt.older import CORE, OLDER, Older
from indexer.database import DatabaseRefused, load_query

SCHEMAS = ("older", "adopted")


class Tie(NamedTuple):
    """A foreign key of somebody else's table: how to take it off, and to put it back, if we may."""

    name: str
    without: str
    anew: str | None


@dataclass(frozen=True, slots=True)
class Found:
    home: str  # the schema that the tables stand in
    types: Mapping[str, Mapping[str, str]]  # of each table, its columns' types by name
    derived: tuple[str, ...]  # what has the name of an older table and is none, but a view
    pages: Mapping[str, int]
    bytes: int
    unique: frozenset[tuple[str, tuple[str, ...]]]
    ties: tuple[Tie, ...]
    grants: tuple[str, ...]

    @property
    def tables(self) -> list[Older]:
        return [table for table in OLDER if table.name in self.types]

    @property
    def names(self) -> list[str]:
        """Of all that has to make room for ours."""
        return [*self.types, *self.derived]

    def extras(self, table: Older) -> dict[str, str]:
        """Columns of others, with their types."""
        types = self.types[table.name]
        return {name: types[name] for name in views.extras(table, types)}


async def look(connection: "Connection[Record]") -> Found:
    """Raises `DatabaseRefused` for what is no database of the older system, or cannot be taken."""
    home: str = await connection.fetchval("SELECT current_schema()")
    names = [table.name for table in OLDER]
    rows = await connection.fetch(load("columns"), home, names)
    types: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        if row["type"] is not None:
            types[row["table_name"]][row["column_name"]] = row["type"]
    _check(types)
    present = {row["table_name"]: row for row in rows}
    unique = await connection.fetch(load("unique"), home)
    ties = await connection.fetch(load("ties"), home, list(present))
    grants = await connection.fetch(load_query("grants_of"), list(present))
    return Found(
        home,
        types,
        tuple(sorted(present.keys() - types.keys())),
        {name: row["pages"] for name, row in present.items()},
        sum(row["bytes"] for row in present.values()),
        frozenset((row["table_name"], tuple(row["columns"])) for row in unique),
        tuple(Tie(*row) for row in ties),
        tuple(row["statement"] for row in grants),
    )


def _check(types: Mapping[str, Mapping[str, str]]) -> None:
    missing = [name for name in CORE if name not in types]
    if missing:
        raise DatabaseRefused(
            f"this is no database of the older system: it has no {', '.join(missing)}. "
            "In an empty one `indexer migrate` makes the schema"
        )
    wrong = [
        fault
        for table in OLDER
        if table.name in types
        for fault in views.unreadable(table, types[table.name])
    ]
    if wrong:
        raise DatabaseRefused(f"these are not the older system's tables: {'; '.join(wrong)}")


async def check_owner(connection: "Connection[Record]", found: Found) -> None:
    strangers = await connection.fetch(load("strangers"), found.home, found.names)
    if strangers:
        names = ", ".join(f"{name} ({owner})" for name, owner in strangers)
        raise DatabaseRefused(f"these belong to somebody else: {names}. Adopt as their owner")


async def check_room(connection: "Connection[Record]", found: Found, ours: list[str]) -> None:
    """Whether nothing of others is where ours would be, or built on what is moved away."""
    schemas = await connection.fetch(load("schemas"), list(SCHEMAS))
    if schemas:
        names = ", ".join(name for (name,) in schemas)
        raise DatabaseRefused(f"there is a schema {names} already: rename it, or drop it")
    readers = await connection.fetch(load("readers"), found.home, found.names)
    if readers:
        names = ", ".join(name for (name,) in readers)
        raise DatabaseRefused(
            f"views of others read the older tables: {names}. Drop them, adopt, make them again"
        )
    taken = {name for (name,) in await connection.fetch(load("relations"), found.home)} & set(ours)
    if strange := sorted(taken - set(found.names)):
        raise DatabaseRefused(f"{', '.join(strange)} stands where a table of ours would: rename it")
