"""Which of the live records count: of those that make the same edge, the one with the smallest URI.

The others are live but neither counted nor shown, until the first goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from indexer.protocol.op import Op
from indexer.protocol.syntax import AtUri
from tests.model.records import Row, kind_of


@dataclass(slots=True)
class Live:
    """What counts, by table and URI, and what does not."""

    ops: Mapping[AtUri, Op]
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)
    duplicates: list[Row] = field(default_factory=list)
    gates: dict[tuple[str, str], Row] = field(default_factory=dict)  # by table and guarded post

    def __getitem__(self, table: str) -> dict[str, Row]:
        return self.rows.get(table, {})

    def holds(self, table: str, **columns: str) -> bool:
        """Whether a row has these values."""
        rows = self[table].values()
        return any(all(row[c] == value for c, value in columns.items()) for row in rows)

    def guarding(self, table: str, post_uri: str | None) -> Row | None:
        """The gate that stands at a post, whether or not the post is known."""
        return self.gates.get((table, post_uri)) if post_uri else None


def settle(records: Mapping[AtUri, Op]) -> Live:
    live = Live(records)
    taken: set[tuple[str, tuple[str, ...]]] = set()
    for uri in sorted(records):
        kind = kind_of(uri)
        row = kind.read(records[uri])
        edge = tuple(row[column] for column in kind.edge)
        if edge and (kind.table, edge) in taken:
            live.duplicates.append(
                {"uri": str(uri), "kept_from": kind.table, "edge": list(edge), "row": _shelved(row)}
            )
        else:
            taken.add((kind.table, edge))
            live.rows.setdefault(kind.table, {})[uri] = row
    for table in ("thread_gates", "post_gates"):
        live.gates.update(((table, gate["post_uri"]), gate) for gate in live[table].values())
    return live


def _shelved(row: Row) -> Row:
    """`sort_at` is made by the table itself, from other columns."""
    return {column: value for column, value in row.items() if column != "sort_at"}
