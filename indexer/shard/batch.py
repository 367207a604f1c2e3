"""Fold many operations into few statements. Pure: no clock, no database.

Within a batch the last operation on a URI wins. What is left is two phases: purge what updates and
deletes make stale, then insert what creates and updates make.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from indexer.protocol.errors import Invalid
from indexer.protocol.op import Op
from indexer.records import record_of
from indexer.records.base import Columns, Counters, Record, Row, Table

Values = tuple[Any, ...]


@dataclass(slots=True)
class Touched:
    """The URIs of one record type that a batch touched."""

    born: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[str]:
        return chain(self.born, self.changed, self.gone)


@dataclass(slots=True)
class Plan:
    purge: dict[Table, list[str]] = field(default_factory=lambda: defaultdict(list))
    insert: dict[Table, list[Values]] = field(default_factory=lambda: defaultdict(list))
    touched: dict[Record, Touched] = field(default_factory=lambda: defaultdict(Touched))
    people: set[str] = field(default_factory=set)
    refused: list[tuple[Op, Invalid]] = field(default_factory=list)

    def edges(self) -> Iterator[str]:
        """The URIs of records that make an edge, which another record may hold already."""
        for record, touched in self.touched.items():
            if any(table.edge for table in record.owns):
                yield from touched


def plan(ops: Iterable[Op]) -> Plan:
    result = Plan()
    for op, record, replaces in _fold(ops):
        if record.rkey is not None and record.rkey != op.uri.rkey:
            result.refused += _misplaced(record, op)
            continue
        rows = _rows(record, op, result)
        touched = result.touched[record]
        if not rows:
            touched.gone.append(op.uri)
        elif replaces:
            touched.changed.append(op.uri)
        else:
            touched.born.append(op.uri)
        if replaces or not rows:
            for table in record.owns:
                result.purge[table].append(table.key_of(op.uri))
        for table, values in rows:
            result.insert[table].append(values)
            for column in table.people:
                result.people.add(values[table.index(column)])
    return result


def _fold(ops: Iterable[Op]) -> Iterable[tuple[Op, Record, bool]]:
    """The last op on each URI, its type, and whether it replaces what an earlier one may have left.
    Columns always do: their row is there already, and does not tell a replay from a change."""
    last: dict[str, tuple[Op, Record, bool]] = {}
    for op in ops:
        seen = last.get(op.uri)
        record = seen[1] if seen else record_of(op.uri)
        replaces = op.action != "create" or isinstance(record.owns[0], Columns)
        last[op.uri] = (op, record, replaces or (seen is not None and seen[2]))
    return last.values()


def _rows(record: Record, op: Op, result: Plan) -> list[Row]:
    """None for a delete, and for a record that is refused: what it replaced is no longer live."""
    if op.action == "delete":
        return []
    try:
        rows = list(record.rows(op))
    except Invalid as error:
        result.refused.append((op, error))
        return []
    result.people.add(op.did)
    return rows


def _misplaced(record: Record, op: Op) -> list[tuple[Op, Invalid]]:
    """A record where its type may have none: never stored, so nothing goes with it either."""
    if op.action == "delete":
        return []
    return [(op, Invalid("bad_path", f"record key {op.uri.rkey!r} is not {record.rkey!r}"))]


class Deltas:
    """By how much each counter moves, folded, so that each target is written once."""

    def __init__(self) -> None:
        self._moves: dict[Counters, dict[str, list[int]]] = defaultdict(dict)
        self._folded: dict[Counters, set[str]] = defaultdict(set)
        self.through: dict[str, set[str]] = defaultdict(set)
        self.reopened: dict[Table, set[Values]] = defaultdict(set)
        self.unawaited: set[str] = set()  # subjects for which one less waits

    def move(
        self, table: Table, sign: int, rows: Sequence[Any], index: Callable[[str], Any]
    ) -> None:
        """Rows of `table` appeared (+1), went (-1) or stand as they stood (0): whoever repeats a
        write has to meet the writer of the other half, too. `row[index(column)]` gives values."""
        if not rows:
            return
        if table.reopens and sign:
            named = [index(column) for column in table.reopens]
            values = (tuple([row[at] for at in named]) for row in rows)
            self.reopened[table].update(values)
        if sign < 0:
            for subject in table.awaits:
                self.unawaited.update(filter(None, _named(rows, index(subject))))
        for counters, column, by, through in table.counts:
            if not (keys := _named(rows, index(by))):
                continue
            if through is not None:
                self.through[through].update(keys)
            else:
                self._add(counters, column, sign, keys)

    def _add(self, counters: Counters, column: str | None, sign: int, keys: list[str]) -> None:
        moves, width = self._moves[counters], len(counters.columns)
        for key in keys:
            if key not in moves:
                moves[key] = [0] * width
        if column is not None:
            at = counters.columns.index(column)
            for key in keys:
                moves[key][at] += sign

    def meet(self, counters: Counters, key: str) -> None:
        """Have the counters' row locked, unless it is."""
        if key not in self._folded[counters]:
            self._add(counters, None, 0, [key])

    def fold(self) -> list[tuple[Counters, list[list[Any]]]]:
        """What moved since the last time, for each table of counters, in one order for all: sorted
        keys, then a list a column."""
        result: list[tuple[Counters, list[list[Any]]]] = []
        for counters in sorted(self._moves, key=lambda c: c.name):
            keys = sorted(self._moves[counters])
            columns = zip(*map(self._moves[counters].__getitem__, keys), strict=True)
            result.append((counters, [keys, *map(list, columns)]))
            self._folded[counters].update(keys)
        self._moves.clear()
        return result


def _named(rows: Sequence[Any], at: Any) -> list[str]:
    """Whom a column of rows names."""
    return [key for row in rows if (key := row[at]) is not None]
