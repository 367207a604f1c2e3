"""The SQL that makes of rows what the indexer would have made one by one. Pure text."""

from collections.abc import Iterator

from indexer.records import TABLES
from indexer.records.base import Columns, Counters, Record, Table


def beaten(table: Table) -> str:
    """URIs of records whose edge another one makes as well: the one with the smallest URI stays."""
    edge = ", ".join(table.edge)
    return (
        f"SELECT uri FROM (\n"
        f"    SELECT uri, row_number() OVER (PARTITION BY {edge} ORDER BY uri) AS place\n"
        f"    FROM {table.name}\n"
        f") AS placed\n"
        f"WHERE place > 1"
    )


def count(counters: Counters) -> str:
    """A row for each target, also where nothing is counted but writers meet."""
    sides = "\n    UNION ALL\n".join(_sides(counters))
    columns = ", ".join(counters.columns)
    sums = ", ".join(f"count(*) FILTER (WHERE name = '{name}')" for name in counters.columns)
    return (
        f"INSERT INTO {counters.name} ({counters.key}, {columns})\n"
        f"SELECT key, {sums}\n"
        f"FROM (\n{sides}\n) AS side\n"
        f"WHERE key IS NOT NULL\n"
        f"GROUP BY key"
    )


def _sides(counters: Counters) -> Iterator[str]:
    for table in TABLES:
        for one in table.counts:
            if one.counters is counters and one.through is None:
                yield f"    SELECT '{one.column or ''}' AS name, {one.by} AS key FROM {table.name}"


def sources(record: Record) -> str:
    """URIs of a type's live records behind $1, $2 of them."""
    table = record.owns[0]
    if isinstance(table, Columns):
        uri = f"'at://' || {table.key} || '/{record.nsid}/self'"
        return (
            f"SELECT {uri} AS uri FROM {table.name}\n"
            f'WHERE profile_record IS NOT NULL AND {uri} COLLATE "C" > $1\n'
            f"ORDER BY {table.key} LIMIT $2"
        )
    return f"SELECT uri FROM {table.name} WHERE uri > $1 ORDER BY uri LIMIT $2"
