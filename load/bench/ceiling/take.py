"""Takes what a run has written out of its database, into files that COPY reads."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile

import asyncpg

from load.bench.ceiling.table import TAKEN, Table, listed, tables
from load.bench.ceiling.touched import touching

OPS_A_PART = 5000
NEW, CHANGED, BARRED = "new", "changed", "barred"
IN_MEMORY_BYTES = 1 << 26


@dataclass(frozen=True, slots=True)
class Copy:
    table: Table
    fate: str  # NEW or CHANGED
    file: Path
    rows: int


@dataclass(frozen=True, slots=True)
class Taken:
    """`parts` are in the order of the run, each for one transaction."""

    tables: list[Table]
    parts: list[list[Copy]]
    rows: Counter[str]  # by fate
    writes: int  # the same, with each time that a row is written


async def take(
    run: asyncpg.Connection, past: asyncpg.Connection, first: int, ops: int, directory: Path
) -> Taken:
    """What was written since the transaction `first`, in the stream's `ops` operations; `past` is a
    connection to a copy of what was there before."""
    await run.execute(f"CREATE SCHEMA {TAKEN}")
    found, rows = [], Counter[str]()
    born: Counter[int] = Counter()
    for table in await tables(run):
        await run.execute(table.take().format(first=f"'{first % 2**32}'::xid"))
        if not await run.fetchval(f"SELECT EXISTS (SELECT FROM {TAKEN}.{table.name})"):
            continue
        found.append(table)
        await _tell_apart(run, past, table)
        grouped = f"SELECT born, fate, count(*) FROM {TAKEN}.{table.name} GROUP BY 1, 2"
        for when, fate, count in await run.fetch(grouped):
            born[when] += count
            rows[fate] += count
        await run.execute(f"CREATE INDEX ON {TAKEN}.{table.name} (born)")
        await run.execute(f"CREATE INDEX ON {TAKEN}.{table.name} ({listed(table.key)})")
        await run.execute(f"ANALYZE {TAKEN}.{table.name}")
    bounds = list(cut(born, born.total() * OPS_A_PART / max(ops, 1)))
    parts = [await _export(run, found, low, high, directory) for low, high in bounds]
    writes = sum(copy.rows for part in parts for copy in part)
    return Taken(found, parts, rows, writes)


def cut(born: Mapping[int, int], rows_a_part: float) -> Iterator[tuple[int, int]]:
    """Stretches of transactions, from the first to before the last, with about so many rows."""
    low, rows = min(born, default=0), 0
    for when in sorted(born):
        rows += born[when]
        if rows >= rows_a_part:
            yield low, when + 1
            low, rows = when + 1, 0
    if rows:
        yield low, max(born) + 1


async def _tell_apart(run: asyncpg.Connection, past: asyncpg.Connection, table: Table) -> None:
    """Which of the rows the past has, and which it bars."""
    await past.execute(table.candidates())
    with SpooledTemporaryFile(IN_MEMORY_BYTES) as keys:
        await run.copy_from_query(table.keys(), output=keys, format="binary")
        keys.seek(0)
        await past.copy_to_table("candidates", source=keys, format="binary")
    fates = {CHANGED: table.known()} | ({BARRED: table.barred()} if table.others else {})
    for fate, query in fates.items():
        if numbers := [n for (n,) in await past.fetch(query)]:
            marked = f"UPDATE {TAKEN}.{table.name} SET fate = $1 WHERE n = ANY ($2::bigint[])"
            await run.execute(marked, fate, numbers)
    await past.execute("DROP TABLE candidates")


async def _export(
    run: asyncpg.Connection, found: list[Table], low: int, high: int, directory: Path
) -> list[Copy]:
    touched = touching([table.name for table in found])
    copies = []
    for table in found:
        asked: dict[str, tuple[str, tuple[str | int, ...]]] = {
            fate: (table.part(), (fate, low, high)) for fate in (NEW, CHANGED)
        }
        if by := touched.get(table.name):
            asked = {CHANGED: (table.part_touched(by), (low, high))}
        for fate, (query, values) in asked.items():
            file = directory / f"{low:010}-{table.name}-{fate}"
            done = await run.copy_from_query(query, *values, output=file, format="binary")
            if rows := int(done.removeprefix("COPY ")):
                copies.append(Copy(table, fate, file, rows))
            else:
                file.unlink()
    return copies
