"""What became of every row, by table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from asyncpg import Connection, Record

from indexer.adopt.files import load
from indexer.adopt.found import Found
from indexer.database import DatabaseRefused


class Line(NamedTuple):
    """`carried` is None for a table that holds what others say; `made` are rows of ours that came
    of other tables."""

    table: str
    before: int
    carried: int | None
    duplicates: int
    aside: int
    made: int

    @property
    def lost(self) -> int:
        return (
            0 if self.carried is None else self.before - self.carried - self.duplicates - self.aside
        )


@dataclass(slots=True)
class Report:
    found: Found
    lines: list[Line] = field(default_factory=list)
    reasons: dict[tuple[str, str], int] = field(default_factory=dict)  # by table
    miscounted: dict[str, int] = field(default_factory=dict)  # targets, by table
    nameless: list[str] = field(default_factory=list)  # cursors
    extras: list[str] = field(default_factory=list)  # columns of others


async def tally(connection: "Connection[Record]", report: Report, made: Mapping[str, int]) -> None:
    """`made` are rows that came of no row of the same table. Raises `DatabaseRefused` where the
    sums differ."""
    duplicates = dict(await connection.fetch(load("shelved")))
    asides = await connection.fetch(load("reasons"))
    for table in report.found.tables:
        name = table.name
        aside = sum(n for where, _, whole, n in asides if where == name and whole)
        before = await _count(connection, f'"{report.found.home}".{name}')
        shelved, ours, fresh = duplicates.get(table.ours, 0), None, 0
        if table.ours is not None:
            ours, fresh = await _count(connection, table.ours), made.get(name, 0)
            if name == "quotes":  # of those, each post has at most one, whatever theirs said
                fresh = ours - (before - aside)
            ours -= fresh
        report.lines.append(Line(name, before, ours, shelved, aside, fresh))
    report.reasons = {(where, why): n for where, why, _, n in asides}
    if wrong := [line.table for line in report.lines if line.lost]:
        raise DatabaseRefused(
            f"rows of {', '.join(wrong)} would be lost; the database is as it was"
        )
    await connection.executemany(load("keep_line"), report.lines)


async def _count(connection: "Connection[Record]", table: str) -> int:
    found: int = await connection.fetchval(f"SELECT count(*) FROM {table}")
    return found
