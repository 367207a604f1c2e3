"""The SQL for a table, made from its declaration. Pure text; `tests/golden/` holds the result.

Rows travel as one array a column. Every statement that may meet another shard's takes its rows in
the order of their keys. None leaves the planner a choice: it plans while the tables are empty yet,
and would join a table of a hundred million rows by reading it whole.
"""

from collections.abc import Iterable
from functools import cache

from indexer.records.base import Columns, Counters, Table


@cache
def insert(table: Table) -> str:
    """New rows, arrays by column. Returns the keys of those that did not exist."""
    columns = ", ".join(table.columns)
    if isinstance(table, Columns):
        sets = ", ".join(f"{c} = new.{c}" for c in table.columns if c != table.key)
        return (
            f"UPDATE {table.name} AS t SET {sets}, indexed_at = now()\n"
            f"FROM {_new(table)}\n"
            f"WHERE t.{table.key} = ANY($1::text[]) AND t.{table.key} = new.{table.key}\n"
            f"RETURNING t.{table.key}"
        )
    return (
        f"INSERT INTO {table.name} ({columns})\n"
        f"SELECT {columns} FROM {_new(table)}\n"
        f"ORDER BY {table.key}\n"
        f"ON CONFLICT DO NOTHING\n"
        f"RETURNING {table.key}"
    )


@cache
def purge(table: Table) -> str:
    """Rows by key; of columns only those in $2 are emptied, for the others are about to be set.
    Returns what `removed` describes."""
    if isinstance(table, Columns):
        sets = ", ".join(f"{c} = NULL" for c in table.columns if c != table.key)
        return (
            f"WITH gone AS (\n"
            f"    SELECT * FROM {table.name} WHERE {table.key} = ANY($1::text[]) FOR UPDATE\n"
            f"), blank AS (\n"
            f"    UPDATE {table.name} SET {sets} WHERE {table.key} = ANY($2::text[])\n"
            f")\n"
            f"SELECT {removed(table)} FROM gone"
        )
    return (
        f"DELETE FROM {table.name} WHERE {table.key} = ANY($1::text[])\nRETURNING {removed(table)}"
    )


@cache
def removed(table: Table) -> str:
    """Of a row that goes: whether it was counted, its key, by what, and which edge it frees."""
    counted = "commit_rev IS NOT NULL" if table.adoptable else "true"
    columns = _unique([table.key, *moved_by(table), *table.edge])
    return ", ".join([f"{counted} AS counted", *columns])


def moved_by(table: Table) -> list[str]:
    """The columns that say whom a row concerns that comes or goes."""
    return [*(count.by for count in table.counts), *table.reopens]


@cache
def standing(table: Table) -> str:
    """Rows by key, locked as if they were written again."""
    return (
        f"SELECT {', '.join(_unique([table.key, *moved_by(table)]))} FROM {table.name}\n"
        f"WHERE {table.key} = ANY($1::text[])\n"
        f"ORDER BY {table.key} FOR UPDATE"
    )


@cache
def stored(table: Table) -> str:
    """Rows by key, as far as it takes to tell a replay from a change."""
    adopted = "commit_rev IS NOT NULL" if table.adoptable else "true"
    rev = "commit_rev" if table.adoptable else "NULL"
    quiet = f"{table.news} IS NULL" if table.news else "false"
    return (
        f"SELECT {table.key} AS key, {table.version} AS cid, {rev} AS rev, {adopted} AS adopted,\n"
        f"       {quiet} AS quiet\n"
        f"FROM {table.name}\n"
        f"WHERE {table.key} = ANY($1::text[])"
    )


@cache
def versions(table: Table) -> str:
    """Which versions of records stand, by key, those among them that wait for their edge."""
    live = " AND commit_rev IS NOT NULL" if table.adoptable else ""
    standing = (
        f"SELECT {table.key} AS key, {table.version} AS cid FROM {table.name}\n"
        f"WHERE {table.key} = ANY($1::text[]){live}"
    )
    if not table.edge:
        return standing
    return (
        f"{standing}\nUNION ALL\n"
        f"SELECT uri, row ->> '{table.version}' FROM duplicates WHERE uri = ANY($1::text[])"
    )


@cache
def rivals(table: Table) -> str:
    """The rows that hold the given edges; arrays by edge column."""
    adopted = "commit_rev IS NOT NULL" if table.adoptable else "true"
    arrays = ", ".join(f"${n}::text[]" for n, _ in enumerate(table.edge, 1))
    on = " AND ".join(f"t.{column} = edge.{column}" for column in table.edge)
    columns = ", ".join(table.edge)
    return (
        f"SELECT held.* FROM unnest({arrays}) AS edge ({columns}), LATERAL (\n"
        f"    SELECT uri, {adopted} AS adopted, {columns} FROM {table.name} t\n"
        f"    WHERE {on} OFFSET 0\n"
        f") AS held"
    )


@cache
def displace(table: Table) -> str:
    """Rows by key, out of the table and into `duplicates`. Returns what `removed` describes."""
    adopted = " WHERE commit_rev IS NOT NULL" if table.adoptable else ""
    columns = ", ".join(table.columns)
    return (
        f"WITH gone AS (\n"
        f"    DELETE FROM {table.name} WHERE uri = ANY($1::text[]) RETURNING *\n"
        f"), kept AS (\n"
        f"    INSERT INTO duplicates (uri, kept_from, edge, row)\n"
        f"    SELECT uri, '{table.name}', {_edge(table)}, to_jsonb(shelved)\n"
        f"    FROM (SELECT {columns} FROM gone{adopted}) AS shelved\n"
        f"    {_AGAIN}\n"
        f")\n"
        f"SELECT {removed(table)} FROM gone"
    )


@cache
def shelve(table: Table) -> str:
    """New rows whose edge is taken, arrays by column, into `duplicates`."""
    columns = ", ".join(table.columns)
    return (
        f"INSERT INTO duplicates (uri, kept_from, edge, row)\n"
        f"SELECT uri, '{table.name}', {_edge(table)}, to_jsonb(shelved)\n"
        f"FROM (SELECT {columns} FROM {_new(table)}) AS shelved\n"
        f"{_AGAIN}"
    )


@cache
def promote(table: Table) -> str:
    """Of the duplicates of each freed edge, the first by URI, back into the table.

    Returns its key and what is counted by.
    """
    arrays = ", ".join(f"${n}::text[]" for n, _ in enumerate(table.edge, 1))
    columns = ", ".join(table.columns)
    returned = ", ".join(_unique(["uri", *moved_by(table)]))
    return (
        f"WITH next AS (\n"
        f"    DELETE FROM duplicates WHERE uri IN (\n"
        f"        SELECT min(d.uri) FROM duplicates d\n"
        f"        JOIN unnest({arrays}) AS edge ({', '.join(table.edge)})\n"
        f"        ON d.kept_from = '{table.name}' AND d.edge = {_edge(table, 'edge.')}\n"
        f"        GROUP BY d.edge\n"
        f"    ) RETURNING row\n"
        f")\n"
        f"INSERT INTO {table.name} ({columns})\n"
        f"SELECT {', '.join(f'live.{c}' for c in table.columns)}\n"
        f"FROM next, jsonb_populate_record(NULL::{table.name}, next.row) AS live\n"
        f"ORDER BY live.uri\n"
        f"ON CONFLICT DO NOTHING\n"
        f"RETURNING {returned}"
    )


@cache
def add(counters: Counters) -> str:
    """Differences, an array for the keys and one for each column."""
    columns = ", ".join(counters.columns)
    arrays = ", ".join(
        ["$1::text[]", *(f"${n}::bigint[]" for n, _ in enumerate(counters.columns, 2))]
    )
    sets = ", ".join(f"{c} = t.{c} + excluded.{c}" for c in counters.columns)
    return (
        f"INSERT INTO {counters.name} AS t ({counters.key}, {columns})\n"
        f"SELECT * FROM unnest({arrays}) AS difference ({counters.key}, {columns})\n"
        f"ORDER BY {counters.key}\n"
        f"ON CONFLICT ({counters.key}) DO UPDATE SET {sets}, updated_at = now()"
    )


@cache
def uris_of(table: Table) -> str:
    """The URIs of the records by which one account has rows in a table, $2 at most."""
    if isinstance(table, Columns):
        return (
            f"SELECT 'at://' || did || '/app.bsky.actor.profile/self' AS uri FROM {table.name}\n"
            f"WHERE did = $1 AND profile_record IS NOT NULL LIMIT $2"
        )
    low, high = "'at://' || $1 || '/'", "'at://' || $1 || '0'"
    return (
        f"SELECT uri FROM {table.name} WHERE {table.key} >= {low} AND {table.key} < {high}\n"
        f"ORDER BY {table.key} LIMIT $2"
    )


@cache
def count_of(table: Table) -> str:
    """How many such URIs there are, $2 at most; NULL counts all."""
    return f"SELECT count(*) FROM (\n{uris_of(table)}\n) AS found"


@cache
def arrived(table: Table) -> str:
    """Subjects of kind $1 that joined within $3 and are waited for though they are there, $2 at
    most."""
    live = " AND t.commit_rev IS NOT NULL" if table.adoptable else ""
    return (
        f"SELECT p.subject\n"
        f"FROM (\n"
        f"    SELECT subject FROM pending WHERE kind = $1 AND first_seen > now() - $3::interval\n"
        f"    OFFSET 0\n"
        f") AS p\n"
        f"WHERE (SELECT true FROM {table.name} t WHERE t.{table.key} = p.subject{live}) IS TRUE\n"
        f"LIMIT $2"
    )


def cancel(tables: Iterable[Table]) -> str:
    """Of the given subjects, out of the queue those for which no row of `tables` waits."""
    waiters = [
        f"  AND (SELECT true FROM {table.name} t WHERE t.{column} = p.subject"
        f"{' AND t.commit_rev IS NOT NULL' if table.adoptable else ''}"
        f"{f' AND t.{table.news} IS NOT NULL' if table.news else ''} LIMIT 1) IS NULL\n"
        for table in tables
        for column in table.awaits
    ]
    return (
        f"DELETE FROM pending p\n"
        f"WHERE p.subject = ANY($1::text[])\n{''.join(waiters)}"
        f"RETURNING p.kind"
    )


_AGAIN = "ON CONFLICT (uri) DO UPDATE SET edge = excluded.edge, row = excluded.row"


def _new(table: Table) -> str:
    arrays = ", ".join(f"${n}::{type}[]" for n, type in enumerate(map(_sent, table.types), 1))
    columns = ", ".join(table.columns)
    if "jsonb" not in table.types:
        return f"unnest({arrays}) AS new ({columns})"
    cast = ", ".join(
        f"{c}::jsonb AS {c}" if t == "jsonb" else c
        for c, t in zip(table.columns, table.types, strict=True)
    )
    return f"(SELECT {cast} FROM unnest({arrays}) AS sent ({columns})) AS new"


def _sent(type: str) -> str:
    """JSON travels as text: the client neither parses nor copies it."""
    return "text" if type == "jsonb" else type


def _edge(table: Table, of: str = "") -> str:
    return f"ARRAY[{', '.join(of + column for column in table.edge)}]"


def _unique(columns: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(columns))
