"""The SQL of an adoption that is made from declarations. Pure text."""

from collections.abc import Iterable

from indexer.adopt.older import Older
from indexer.audit.parts import LAST
from indexer.audit.statements import compare_notices, counted
from indexer.records.base import Counters, Table

AHEAD = "stored ahead of a commit, and another record makes the same"
NOTHING_THERE = "what it tells of is not there"


def set_aside(table: Older) -> str:
    """What cannot be ours, with its reason."""
    return (
        f"INSERT INTO adopted.aside\n"
        f"SELECT '{table.name}', refused, true, whole FROM older.{table.name}\n"
        f"WHERE refused IS NOT NULL"
    )


def are_as_many(home: str, table: Older) -> str:
    """Whether every row became one of ours."""
    return (
        f'SELECT (SELECT count(*) FROM "{home}".{table.name}) = (SELECT count(*) FROM {table.ours})'
    )


def set_blobs_aside(home: str, table: Older, column: str) -> str:
    return (
        f"INSERT INTO adopted.aside\n"
        f"SELECT '{table.name}', '{column} cannot be read', false, row_to_json(o)\n"
        f'FROM "{home}".{table.name} o\n'
        f"JOIN older.blobs b ON b.written = o.{column}::text AND b.cid IS NULL"
    )


def written_blobs(home: str, columns: Iterable[tuple[str, str]]) -> str:
    """What stands in columns of blobs and is no CID as it is."""
    return "\nUNION\n".join(
        f'SELECT {column}::text AS written FROM "{home}".{table}\n'
        f"WHERE {column} <> '' AND {column} !~ '^baf[a-z2-7]+$'"
        for table, column in columns
    )


def displace(table: Table) -> str:
    """Of the records that make one edge the one with the smallest URI counts; the others wait, as
    far as they are any."""
    edge, columns = ", ".join(table.edge), ", ".join(table.columns)
    live = "commit_rev IS NOT NULL" if table.adoptable else "true"
    return (
        f"WITH beaten AS MATERIALIZED (\n"
        f"    SELECT uri FROM (\n"
        f"        SELECT uri, row_number() OVER (\n"
        f"            PARTITION BY {edge} ORDER BY ({live}) DESC, uri\n"
        f"        ) AS place\n"
        f"        FROM {table.name}\n"
        f"    ) AS placed\n"
        f"    WHERE place > 1\n"
        f"), gone AS (\n"
        f"    DELETE FROM {table.name} WHERE uri IN (SELECT uri FROM beaten) RETURNING *\n"
        f"), kept AS (\n"
        f"    INSERT INTO duplicates (uri, kept_from, edge, row)\n"
        f"    SELECT uri, '{table.name}', ARRAY[{edge}], to_jsonb(shelved)\n"
        f"    FROM (SELECT {columns} FROM gone WHERE {live}) AS shelved\n"
        f")\n"
        f"INSERT INTO adopted.aside\n"
        f"SELECT '{table.name}', '{AHEAD}', true, row_to_json(gone) FROM gone WHERE NOT ({live})"
    )


def count(counters: Counters) -> str:
    """Every count from its rows."""
    columns = ", ".join(counters.columns)
    sums = ", ".join(f"count(*) FILTER (WHERE name = '{name}')" for name in counters.columns)
    sides = "\n    UNION ALL\n".join(
        f"    SELECT '{column}' AS name, {by} AS key FROM {table.name}"
        f"{' WHERE commit_rev IS NOT NULL' if table.adoptable else ''}"
        for column, table, by in counted(counters)
    )
    return (
        f"INSERT INTO {counters.name} ({counters.key}, {columns})\n"
        f"SELECT key, {sums}\n"
        f"FROM (\n{sides}\n) AS side\n"
        f"WHERE key IS NOT NULL\n"
        f"GROUP BY key ORDER BY key"
    )


def miscounted(counters: Counters) -> str:
    """How many targets had other counts."""
    differs = " OR ".join(f"coalesce(o.{c}, 0) <> coalesce(n.{c}, 0)" for c in counters.columns)
    key = counters.key
    return (
        f"SELECT count(*) FROM older.{counters.name} o\n"
        f"FULL JOIN {counters.name} n ON n.{key} = o.{key}\n"
        f"WHERE {differs}"
    )


def set_notices_aside() -> str:
    """Those whose record, or what it tells of, is not there: both are where an audit looks."""
    found = (
        compare_notices()
        .replace("$1::text[]", "ARRAY['']")
        .replace("$2::text[]", f"ARRAY['{LAST}']")
    )
    return (
        f"WITH gone AS (\n"
        f"    DELETE FROM notifications WHERE uri IN (\n"
        f"        SELECT key FROM (\n{found}\n) AS found WHERE due = 'gone'\n"
        f"    ) RETURNING *\n"
        f")\n"
        f"INSERT INTO adopted.aside\n"
        f"SELECT 'notifications', '{NOTHING_THERE}', true, row_to_json(gone) FROM gone"
    )


def add_extra(ours: str, column: str, type: str) -> str:
    return f'ALTER TABLE {ours} ADD COLUMN "{column}" {type}'


def carry_extras(home: str, table: Older, columns: Iterable[str]) -> str:
    """Columns that somebody else added, by the key that both tables have."""
    sets = ", ".join(f'"{column}" = o."{column}"' for column in columns)
    return (
        f'UPDATE {table.ours} n SET {sets} FROM "{home}".{table.name} o\n'
        f"WHERE n.{table.key} = o.{table.key}"
    )
