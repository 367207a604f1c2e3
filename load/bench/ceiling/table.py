"""A table as the bare loop sees it, and the statements that are made from that."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

SHAPE = (Path(__file__).parent / "shape.sql").read_text()
TAKEN = "bench_taken"  # a schema beside ours, in the database of the run


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    columns: tuple[str, ...]  # that may be written
    key: tuple[str, ...]
    others: tuple[tuple[str, ...], ...]  # what else is unique

    @property
    def unique(self) -> tuple[str, ...]:
        """All columns that decide whether a row is there, each once."""
        return tuple(dict.fromkeys([*self.key, *(c for other in self.others for c in other)]))

    def take(self) -> str:
        """The rows that a transaction from `{first}` on wrote last; `born` is which, counted from
        there. With age(), for the numbers of transactions may begin anew."""
        columns = listed(self.columns)
        return (
            f"CREATE UNLOGGED TABLE {TAKEN}.{self.name} AS"
            f" SELECT row_number() OVER (ORDER BY born, stood_at) AS n, 'new' AS fate, taken.*"
            f" FROM (SELECT age({{first}}) - age(xmin) AS born, ctid AS stood_at, {columns}"
            f" FROM public.{self.name} WHERE age(xmin) <= age({{first}})) taken"
        )

    def keys(self) -> str:
        return f"SELECT n, {listed(self.unique)} FROM {TAKEN}.{self.name}"

    def candidates(self) -> str:
        return (
            f"CREATE TEMP TABLE candidates AS SELECT 0::bigint AS n, {listed(self.unique)}"
            f" FROM public.{self.name} WITH NO DATA"
        )

    def known(self) -> str:
        """Numbers of candidates whose key is there."""
        return f"SELECT n FROM candidates k WHERE {self._there(self.key)}"

    def barred(self) -> str:
        """Numbers of candidates that share something unique with a row of another key."""
        key = listed(self.key, "t"), listed(self.key, "k")
        met = [f"{self._there(other)[:-1]} AND ({key[0]}) <> ({key[1]}))" for other in self.others]
        return f"SELECT n FROM candidates k WHERE {' OR '.join(met)}"

    def part(self) -> str:
        """Rows of the fate $1 from $2 to before $3, in the order they were written."""
        return (
            f"SELECT {listed(self.columns)} FROM {TAKEN}.{self.name}"
            " WHERE fate = $1 AND born >= $2 AND born < $3 ORDER BY n"
        )

    def part_touched(self, by: Sequence[tuple[str, str]]) -> str:
        """Rows that $1 to before $2 wrote last, or that what those wrote touches by `by`."""
        touched = " UNION ".join(
            f"SELECT {which} FROM {TAKEN}.{table}"
            " WHERE fate <> 'barred' AND born >= $1 AND born < $2"
            for table, which in by
        )
        return (
            f"SELECT {listed(self.columns)} FROM {TAKEN}.{self.name}"
            f" WHERE (born >= $1 AND born < $2) OR {listed(self.key)} IN ({touched})"
        )

    def waiting_room(self) -> str:
        return (
            f"CREATE TEMP TABLE {self.changed} ON COMMIT DELETE ROWS AS"
            f" SELECT {listed(self.columns)} FROM public.{self.name} WITH NO DATA"
        )

    @property
    def changed(self) -> str:
        return f"changed_{self.name}"

    def merge(self) -> str:
        rest = [column for column in self.columns if column not in self.key]
        sets = ", ".join(f'"{column}" = excluded."{column}"' for column in rest)
        return (
            f"INSERT INTO public.{self.name} ({listed(self.columns)}) OVERRIDING SYSTEM VALUE"
            f" SELECT {listed(self.columns)} FROM {self.changed} ORDER BY {listed(self.key)}"
            f" ON CONFLICT ({listed(self.key)}) DO " + (f"UPDATE SET {sets}" if rest else "NOTHING")
        )

    def _there(self, columns: Sequence[str]) -> str:
        equal = " AND ".join(f't."{column}" = k."{column}"' for column in columns)
        return f"EXISTS (SELECT FROM public.{self.name} t WHERE {equal})"


def listed(columns: Sequence[str], of: str = "") -> str:
    dot = f"{of}." if of else ""
    return ", ".join(f'{dot}"{column}"' for column in columns)


async def tables(connection: asyncpg.Connection) -> list[Table]:
    """Those without a key are left out: nothing says whether a row of theirs is there."""
    rows = [row for row in await connection.fetch(SHAPE) if row["key"]]
    return [
        Table(
            row["name"],
            tuple(row["columns"]),
            tuple(row["key"]),
            tuple(tuple(other) for other in json.loads(row["others"])),
        )
        for row in rows
    ]
