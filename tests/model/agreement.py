"""What of a database and the model is not the same, row by row."""

import json
from collections.abc import Iterable
from datetime import datetime

from asyncpg import Connection, Record

from load.snapshot import ALSO, ONLY, OURS, TABLES
from tests.model.model import Model
from tests.model.records import Row

MADE_BY_POSTGRESQL = {"search_vector"}
TIMES = {"created_at", "commit_time"}


async def disagreement(connection: "Connection[Record]", model: Model) -> list[str]:
    """Rows that only one of the two has: `+` only the database, `-` only the model. Nor may there
    be anything left to judge."""
    found = {table: await look(connection, table) for table in TABLES}
    expected = model.tables(users=[row["did"] for row in found["users"]])
    assert expected.keys() == found.keys()
    lines = []
    for table in TABLES:
        ours, theirs = spelled(found[table]), spelled(expected[table])
        assert len(ours) == len(found[table]) and len(theirs) == len(expected[table])
        lines += [f"- {table} {row}" for row in sorted(theirs - ours)]
        lines += [f"+ {table} {row}" for row in sorted(ours - theirs)]
    left = await connection.fetch("SELECT post_uri, author_did FROM judgements")
    return lines + [f"+ judgements {tuple(row)}" for row in left]


async def look(connection: "Connection[Record]", table: str) -> list[Row]:
    """`connection` has to read JSON."""
    left_out = OURS | MADE_BY_POSTGRESQL | ALSO.get(table, set())
    found = await connection.fetch(f"SELECT * FROM {table} WHERE {ONLY.get(table, 'true')}")
    rows = [{c: value for c, value in row.items() if c not in left_out} for row in found]
    if table == "duplicates":
        rows = [{**row, "row": _with_times(row["row"])} for row in rows]
    return rows


async def read_json(connection: "Connection[Record]") -> None:
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads
    )


def spelled(rows: Iterable[Row]) -> set[str]:
    return {json.dumps(row, sort_keys=True, default=str) for row in rows}


def _with_times(row: Row) -> Row:
    """A row that waits in JSON has its times as text."""
    times: Row = {c: datetime.fromisoformat(row[c]) for c in row.keys() & TIMES}
    return {**row, **times}
